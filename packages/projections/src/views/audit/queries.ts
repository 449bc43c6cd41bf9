import type { Status } from '@countersign/domain';
import type { Value, ViewReader } from '../../read/reader.ts';
import { type Cursor, readCursor, writeCursor } from './cursor.ts';

export interface AuditRow {
  readonly position: string;
  readonly eventId: string;
  readonly stream: string;
  readonly revision: number;
  readonly at: string;
  /** Null for events of no tenant, such as a policy's. */
  readonly tenant: string | null;
  readonly requestId: string | null;
  readonly type: string;
  readonly action: string | null;
  /** Of the request, after this event. */
  readonly status: Status | null;
  readonly actor: string;
  /** Null where the event does not say. */
  readonly actorKind: 'human' | 'machine' | 'system' | null;
  /** The way the command came in; for a policy what led to it. */
  readonly via: string | null;
  readonly policyHash: string | null;
  readonly payloadHash: string | null;
  /** How the request has been decided, as of this event. An approval stays one, whatever becomes of it. */
  readonly decision: 'approved' | 'denied' | 'expired' | 'cancelled' | null;
  /** Whose approvals stand after this event. */
  readonly approvers: readonly string[];
  /** What else the event says: a reason, a note, a rule, a persona, a step and what became of it. */
  readonly detail: string | null;
  readonly correlationId: string | null;
  readonly traceId: string | null;
}

export interface AuditQuery {
  readonly tenant: string;
  /** RFC 3339 UTC; inclusive, and exclusive. */
  readonly from?: string;
  readonly to?: string;
  readonly action?: string;
  readonly status?: Status;
  readonly requestId?: string;
  /** `next` of the page before. */
  readonly cursor?: string;
  readonly limit: number;
  /** By event time, then by place in the log; default `asc`. */
  readonly order?: 'asc' | 'desc';
}

export interface AuditPage {
  readonly items: readonly AuditRow[];
  /** Where the next page begins; null when this is the last one. */
  readonly next: string | null;
}

/** The audit log. Throws ViewUnavailable while there is no file in force. */
export interface AuditQueries {
  /** @throws BadCursor for a text that no page gave */
  page(query: AuditQuery): AuditPage;
}

export function auditQueries(view: ViewReader): AuditQueries {
  return { page: (query) => view.together(() => page(view, query)) };
}

type Stored = Omit<AuditRow, 'approvers'> & { approvers: string };

const COLUMNS = `position, event_id AS eventId, stream, revision, at, nullif(tenant, '') AS tenant,
  request_id AS requestId, type, action, status, actor, actor_kind AS actorKind, via, policy_hash AS policyHash,
  payload_hash AS payloadHash, decision, approvers, detail, correlation_id AS correlationId, trace_id AS traceId`;

/** Rows of the tenant and rows of no tenant are two walks over the same index, merged. */
function page(view: ViewReader, query: AuditQuery): AuditPage {
  const { limit, order = 'asc' } = query;
  const sign = order === 'asc' ? 1 : -1;
  const cursor = query.cursor === undefined ? undefined : readCursor(query.cursor, order);
  const found = [query.tenant, '']
    .flatMap((tenant) => walk(view, { ...query, tenant }, order, cursor))
    .sort((a, b) => sign * (compare(a.at, b.at) || compare(a.position, b.position)));
  const items = found
    .slice(0, limit)
    .map((row) => ({ ...row, approvers: JSON.parse(row.approvers) as string[] }));
  const last = items.at(-1);
  const next =
    found.length > limit && last ? writeCursor({ order, at: last.at, position: last.position }) : null;
  return { items, next };
}

function walk(
  view: ViewReader,
  query: AuditQuery,
  order: 'asc' | 'desc',
  cursor: Cursor | undefined,
): Stored[] {
  const where = ['tenant = ?'];
  const values: Value[] = [query.tenant];
  const add = (clause: string, ...more: Value[]): void => {
    where.push(clause);
    values.push(...more);
  };
  if (query.from !== undefined) add('at >= ?', query.from);
  if (query.to !== undefined) add('at < ?', query.to);
  if (query.action !== undefined) add('action = ?', query.action);
  if (query.status !== undefined) add('status = ?', query.status);
  if (query.requestId !== undefined) add('request_id = ?', query.requestId);
  if (cursor) add(`(at, position) ${order === 'asc' ? '>' : '<'} (?, ?)`, cursor.at, cursor.position);
  return view.all<Stored>(
    `SELECT ${COLUMNS} FROM audit WHERE ${where.join(' AND ')} ORDER BY at ${order}, position ${order} LIMIT ?`,
    ...values,
    query.limit + 1,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
