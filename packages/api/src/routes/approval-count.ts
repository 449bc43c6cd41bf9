import { timestamp } from '@countersign/application';
import { z } from 'zod';
import { principalOf } from '../auth/identity.ts';
import { readerOf } from '../auth/visibility.ts';
import { readQuery } from '../server/json.ts';
import { sendJson } from '../server/send.ts';
import { PositionQuery } from './fields.ts';
import { waitForPosition } from './min-position.ts';
import type { Route } from './route.ts';

const Query = z.strictObject({ minPosition: PositionQuery.optional() });

/** Undecided requests that the caller may see. */
export const approvalCount: Route = {
  method: 'get',
  path: '/api/approvals/count/pending',
  access: 'principal',
  summary: 'How many requests are undecided',
  query: Query,
  answers: {
    200: {
      description: 'awaiting personas or not',
      schema: z.strictObject({
        success: z.literal(true),
        data: z.strictObject({ pendingCount: z.int() }),
      }),
    },
  },
  problems: ['view_unavailable', 'position_not_reached'],
  handle: (deps) => async (req, res) => {
    const { minPosition } = readQuery(req.query, Query);
    await waitForPosition(deps, 'requests', minPosition);
    const principal = principalOf(res);
    const pendingCount = deps.projections.requests.countOpen({
      tenant: principal.tenant,
      reader: readerOf(principal),
      now: timestamp(deps.clock),
    });
    sendJson(res, 200, { success: true, data: { pendingCount } });
  },
};
