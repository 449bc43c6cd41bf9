import { streamOf } from '@countersign/application';
import { ActorSchema, type ApprovalEvent, type AttemptEvent, decodeEvent } from '@countersign/domain';
import type { EventStore, RecordedEvent } from '@countersign/event-store';
import { z } from 'zod';
import { withoutCiphertexts } from '../present/params.ts';
import { AnyJson, Instant, PositionText } from '../present/shapes.ts';
import { sendJson } from '../server/send.ts';
import { loadVisible } from './approval-get.ts';
import type { Route } from './route.ts';

const Item = z.strictObject({
  type: z.string(),
  revision: z.int().meta({ description: 'place in its stream; attempts stand in a stream of their own' }),
  position: PositionText,
  at: Instant,
  actor: ActorSchema,
  data: z.record(z.string(), AnyJson),
});

/** Everything that happened to a request, refused attempts included, in the order of the ledger. */
export const approvalEvents: Route = {
  method: 'get',
  path: '/api/approvals/:id/events',
  access: 'reader',
  summary: 'The events of one request',
  answers: {
    200: {
      description: 'oldest first',
      schema: z.strictObject({
        success: z.literal(true),
        data: z.strictObject({ items: z.array(Item) }),
      }),
    },
  },
  problems: ['not_found'],
  handle: (deps) => async (req, res) => {
    const { approval } = await loadVisible(deps, req, res);
    const items = await eventsOf(deps.store, approval.request.requestId);
    sendJson(res, 200, { success: true, data: { items } });
  },
};

async function eventsOf(store: EventStore, requestId: string): Promise<z.output<typeof Item>[]> {
  const [own, attempts] = await Promise.all([
    store.readStream(streamOf(requestId)),
    store.readStream(`attempt-${requestId}`),
  ]);
  return [...own, ...attempts].toSorted((a, b) => (a.position < b.position ? -1 : 1)).map(present);
}

function present(recorded: RecordedEvent): z.output<typeof Item> {
  const { type, data } = decodeEvent(recorded) as ApprovalEvent | AttemptEvent;
  return {
    type,
    revision: recorded.revision,
    position: recorded.position,
    at: data.at,
    actor: data.by,
    data: withoutCiphertexts(data),
  };
}
