import { timestamp } from '@countersign/application';
import { type JsonObject, STATUSES } from '@countersign/domain';
import type { ListQuery, RequestRow } from '@countersign/projections';
import type { Response } from 'express';
import { z } from 'zod';
import { principalOf } from '../auth/identity.ts';
import { readerOf } from '../auth/visibility.ts';
import type { ApiDeps } from '../deps.ts';
import { ListedApprovalSchema, presentRow } from '../present/listed.ts';
import { openParamsOf } from '../present/params.ts';
import { readQuery } from '../server/json.ts';
import { sendJson } from '../server/send.ts';
import { InstantQuery, LimitQuery, OffsetQuery, PositionQuery } from './fields.ts';
import { waitForPosition } from './min-position.ts';
import type { Route } from './route.ts';

const Query = z.strictObject({
  status: z
    .enum([...STATUSES, 'rejected'])
    .optional()
    .meta({ description: '`pending` includes `awaiting_personas`' }),
  action: z.string().max(200).optional(),
  requester: z.string().max(400).optional(),
  rootRequestId: z.string().max(100).optional(),
  since: InstantQuery.optional(),
  waitingOn: z.literal('me').optional().meta({ description: 'only what goes on when the caller acts' }),
  limit: LimitQuery.optional(),
  offset: OffsetQuery.optional(),
  minPosition: PositionQuery.optional(),
});

type Filter = Pick<ListQuery, 'action' | 'requester' | 'rootRequestId' | 'since'>;

/** What the caller requested or stands on the slate of; auditors and admins read all of their tenant. */
export const approvalList: Route = {
  method: 'get',
  path: '/api/approvals',
  access: 'principal',
  summary: 'Requests, newest first',
  query: Query,
  answers: {
    200: {
      description: 'one page',
      schema: z.strictObject({
        success: z.literal(true),
        data: z.strictObject({
          items: z.array(ListedApprovalSchema),
          total: z.int(),
          limit: z.int(),
          offset: z.int(),
        }),
      }),
    },
  },
  problems: ['view_unavailable', 'position_not_reached'],
  handle: (deps) => async (req, res) => {
    const query = readQuery(req.query, Query);
    await waitForPosition(deps, 'requests', query.minPosition);
    sendJson(res, 200, { success: true, data: await list(deps, res, query) });
  },
};

async function list(deps: ApiDeps, res: Response, query: z.output<typeof Query>) {
  const principal = principalOf(res);
  const reader = readerOf(principal);
  const { limit = 50, offset = 0, status, waitingOn, minPosition: _waitedFor, ...filter } = query;
  const { items, total } = deps.projections.requests.list({
    ...(filter as Filter),
    ...(status !== undefined && { status: storedStatus(status) }),
    ...(waitingOn && { waitingOn: { ...reader, admin: principal.roles.includes('admin') } }),
    tenant: principal.tenant,
    reader,
    now: timestamp(deps.clock),
    limit,
    offset,
  });
  const rows = await Promise.all(items.map((row) => present(deps, row)));
  return { items: rows, total, limit, offset };
}

function storedStatus(status: NonNullable<z.output<typeof Query>['status']>) {
  if (status === 'pending') return 'open' as const;
  return status === 'rejected' ? ('denied' as const) : status;
}

async function present({ keys }: ApiDeps, row: RequestRow) {
  return presentRow(row, await openParamsOf(keys, row.requestId, JSON.parse(row.params) as JsonObject));
}
