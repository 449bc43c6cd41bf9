import type { Status } from '@countersign/domain';
import type { Value } from '../../read/reader.ts';

/** Whose eyes a list is for. An admin or auditor sees all of the tenant; say so with `admin`. */
export interface Reader {
  /** As events write people: `personId(tenant, sub)`. */
  readonly person: string;
  /** Groups that the reader's token claims. */
  readonly claims: readonly string[];
  readonly admin: boolean;
}

export interface ListFilter {
  readonly tenant: string;
  /** What this reader requested, is named in, or stands on the slate of; absent or admin: all. */
  readonly reader?: Reader;
  /** An exact status, or `open` for `pending` and `awaiting_personas`. */
  readonly status?: Status | 'open';
  /** As the caller wrote it, exactly. */
  readonly action?: string;
  readonly requester?: string;
  readonly rootRequestId?: string;
  /** Created at or after. */
  readonly since?: string;
  /** Overdue undecided requests count as expired from this moment on. */
  readonly now: string;
}

/** A part of a WHERE clause and the values for its question marks. */
export interface Clause {
  readonly sql: string;
  readonly values: readonly Value[];
}

export function all(...clauses: readonly Clause[]): Clause {
  return {
    sql: clauses.map((clause) => clause.sql).join(' AND '),
    values: clauses.flatMap((clause) => clause.values),
  };
}

/** Everything but status and reader. */
export function plainClauses(filter: ListFilter): Clause[] {
  const clauses: Clause[] = [{ sql: 'tenant = ?', values: [filter.tenant] }];
  if (filter.action !== undefined) clauses.push({ sql: 'action = ?', values: [filter.action] });
  if (filter.requester !== undefined) clauses.push({ sql: 'requester = ?', values: [filter.requester] });
  if (filter.since !== undefined) clauses.push({ sql: 'created_at >= ?', values: [filter.since] });
  if (filter.rootRequestId !== undefined) {
    // The root repeats nothing, so that the index of repeats does not hold it.
    clauses.push({
      sql: '(request_id = ? OR (root_request_id = ? AND previous_request_id IS NOT NULL))',
      values: [filter.rootRequestId, filter.rootRequestId],
    });
  }
  return clauses;
}

/** Alternatives, none of which overlap, that together are the status asked for. */
export function statusClauses({ status, now }: ListFilter): Clause[] {
  switch (status) {
    case undefined:
      return [{ sql: '1', values: [] }];
    case 'open':
      return [{ sql: 'is_open = 1 AND expires_at > ?', values: [now] }];
    case 'pending':
    case 'awaiting_personas':
      return [{ sql: 'status = ? AND expires_at > ?', values: [status, now] }];
    case 'expired':
      return [
        { sql: 'status = ?', values: [status] },
        { sql: 'is_open = 1 AND expires_at <= ?', values: [now] },
      ];
    default:
      return [{ sql: 'status = ?', values: [status] }];
  }
}

/** Slates that the reader stands on. */
export function slatesOf({ person, claims, admin }: Reader): Clause {
  return {
    sql: `SELECT slate_id FROM slate_people WHERE person = ?
      UNION SELECT slate_id FROM slate_claims WHERE claim IN (SELECT value FROM json_each(?))
      UNION SELECT slate_id FROM slates WHERE any_admin = 1 AND ?`,
    values: [person, JSON.stringify(claims), admin ? 1 : 0],
  };
}
