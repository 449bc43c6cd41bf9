import type { ProjectionStatus } from '@countersign/projections';
import { z } from 'zod';
import { PositionText } from '../present/shapes.ts';
import { sendJson } from '../server/send.ts';
import type { Route } from './route.ts';

const Rebuild = z.strictObject({
  startedAt: z.number(),
  handled: z.int(),
  eventsPerSecond: z.number(),
  percent: z.number().optional(),
  etaSeconds: z.number().optional(),
});

const Status = z.strictObject({
  name: z.string(),
  version: z.int(),
  state: z.enum(['running', 'catching_up', 'rebuilding', 'failed', 'stopped']),
  position: PositionText,
  handled: z.int(),
  lagEvents: z.number(),
  lagSeconds: z.number(),
  readable: z.boolean(),
  rebuild: Rebuild.optional(),
  lastError: z
    .strictObject({
      message: z.string(),
      at: z.number(),
      eventId: z.string().optional(),
      position: PositionText.optional(),
    })
    .optional(),
});

/** The views of the instance that answers. */
export const projectionsList: Route = {
  method: 'get',
  path: '/api/admin/projections',
  access: 'admin',
  summary: 'The views of this instance and how far they are',
  answers: {
    200: { description: 'all of them', schema: z.strictObject({ items: z.array(Status) }) },
  },
  problems: [],
  handle:
    ({ projections }) =>
    (_req, res) =>
      sendJson(res, 200, { items: projections.status().map(present) }),
};

function present(status: ProjectionStatus): z.output<typeof Status> {
  const { name, version, state, position, handled, lagEvents, lagSeconds, readable } = status;
  const { rebuild, lastError } = status;
  return {
    ...{ name, version, state, position, handled, lagEvents, lagSeconds, readable },
    ...(rebuild && { rebuild }),
    ...(lastError && { lastError }),
  };
}

/** Builds a view anew beside the one in force, which answers meanwhile. */
export const projectionRebuild: Route = {
  method: 'post',
  path: '/api/admin/projections/:name/rebuild',
  access: 'admin',
  summary: 'Build a view of this instance anew',
  answers: {
    202: {
      description: 'under way; its progress is in the list of views',
      schema: z.strictObject({ name: z.string(), status: z.literal('rebuilding') }),
    },
  },
  problems: ['unknown_projection', 'already_rebuilding', 'view_unavailable'],
  handle:
    ({ projections, logger }) =>
    async (req, res) => {
      const name = String(req.params.name);
      const { done } = await projections.rebuild(name);
      done.then(
        ({ handled, milliseconds }) =>
          logger.info({ projection: name, handled, milliseconds }, 'a view was rebuilt'),
        (error: unknown) => logger.error({ err: error, projection: name }, 'a rebuild failed'),
      );
      sendJson(res, 202, { name, status: 'rebuilding' });
    },
};
