import { STATUSES } from '@countersign/domain';
import { type AuditPage, type AuditQuery, BadCursor } from '@countersign/projections';
import { z } from 'zod';
import { mustHaveRole } from '../auth/guards.ts';
import { principalOf } from '../auth/identity.ts';
import type { ApiDeps } from '../deps.ts';
import { Instant, PositionText, StatusSchema } from '../present/shapes.ts';
import { Problem } from '../problems/problem.ts';
import { readQuery } from '../server/json.ts';
import { sendJson } from '../server/send.ts';
import { InstantQuery, LimitQuery, PositionQuery } from './fields.ts';
import { waitForPosition } from './min-position.ts';
import type { Route } from './route.ts';

const Query = z.strictObject({
  from: InstantQuery.optional().meta({ description: 'inclusive' }),
  to: InstantQuery.optional().meta({ description: 'exclusive' }),
  action: z.string().max(200).optional(),
  status: z.enum([...STATUSES, 'rejected']).optional(),
  requestId: z.string().max(100).optional(),
  order: z.enum(['asc', 'desc']).optional(),
  cursor: z.string().max(500).optional().meta({ description: '`nextCursor` of the page before' }),
  limit: LimitQuery.optional(),
  minPosition: PositionQuery.optional(),
});

const Row = z.strictObject({
  position: PositionText,
  eventId: z.string(),
  stream: z.string(),
  revision: z.int(),
  at: Instant,
  tenant: z.string().nullable(),
  requestId: z.string().nullable(),
  type: z.string(),
  action: z.string().nullable(),
  status: StatusSchema.nullable(),
  actor: z.string(),
  actorKind: z.enum(['human', 'machine', 'system']).nullable(),
  via: z.string().nullable(),
  policyHash: z.string().nullable(),
  payloadHash: z.string().nullable(),
  decision: z.enum(['approved', 'denied', 'expired', 'cancelled']).nullable(),
  approvers: z.array(z.string()),
  detail: z.string().nullable(),
  correlationId: z.string().nullable(),
  traceId: z.string().nullable(),
});

type Filter = Pick<AuditQuery, 'from' | 'to' | 'action' | 'requestId' | 'order' | 'cursor'>;

/** The audit log of the caller's tenant, for auditors and admins. */
export const auditLog: Route = {
  method: 'get',
  path: '/api/audit',
  access: 'principal',
  summary: 'Every step of every request',
  query: Query,
  answers: {
    200: {
      description: 'one page; `nextCursor` is null on the last',
      schema: z.strictObject({
        success: z.literal(true),
        data: z.strictObject({ items: z.array(Row), nextCursor: z.string().nullable() }),
      }),
    },
  },
  problems: ['role_missing', 'view_unavailable', 'position_not_reached'],
  handle: (deps) => async (req, res) => {
    const principal = principalOf(res);
    mustHaveRole(principal, 'auditor', 'admin');
    const query = readQuery(req.query, Query);
    await waitForPosition(deps, 'audit', query.minPosition);
    sendJson(res, 200, { success: true, data: page(deps, principal.tenant, query) });
  },
};

function page(
  { projections }: ApiDeps,
  tenant: string,
  query: z.output<typeof Query>,
): { items: AuditPage['items']; nextCursor: string | null } {
  const { limit = 100, status, minPosition: _waitedFor, ...filter } = query;
  const exact = status === 'rejected' ? 'denied' : status;
  try {
    const asked = { ...(filter as Filter), ...(exact && { status: exact }), tenant, limit };
    const found = projections.audit.page(asked);
    return { items: found.items, nextCursor: found.next };
  } catch (error) {
    if (!(error instanceof BadCursor)) throw error;
    const errors = [{ pointer: '/cursor', detail: error.message }];
    throw new Problem('invalid_query', `the query does not fit: ${error.message}`, { errors });
  }
}
