import { STATUSES, type Status } from '@countersign/domain';
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
  /** Overdue undecided requests, and approvals not used in time, count as expired from this moment on. */
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

export function clause(sql: string, ...values: readonly Value[]): Clause {
  return { sql, values };
}

/** What narrows any way to find requests; status and reader apart. */
export function narrowing({ tenant, action, requester, since }: ListFilter): Clause {
  return all(
    clause('+tenant = ?', tenant),
    ...(action === undefined ? [] : [clause('+action = ?', action)]),
    ...(requester === undefined ? [] : [clause('+requester = ?', requester)]),
    ...(since === undefined ? [] : [clause('+created_at >= ?', since)]),
  );
}

/** Recorded statuses that can read as the one asked for, and what else must hold of such a row. */
export function recordedAs({ status, now }: ListFilter): { statuses: readonly Status[]; when: Clause } {
  const always = clause('1');
  const inTime = clause('(lapses_at IS NULL OR lapses_at > ?)', now);
  switch (status) {
    case undefined:
      return { statuses: STATUSES, when: always };
    case 'open':
      return { statuses: ['pending', 'awaiting_personas'], when: inTime };
    case 'pending':
    case 'awaiting_personas':
    case 'approved':
      return { statuses: [status], when: inTime };
    default:
      return { statuses: [status], when: always };
  }
}

/** Rows that read as expired, and are not recorded so: few, as timers soon do that. */
export function overdue({ now }: ListFilter): Clause {
  return clause('lapses_at <= ?', now);
}

/** Slates that the reader stands on, as the table `mine`. */
export function mine({ person, claims, admin }: Reader): Clause {
  return clause(
    `mine (slate_id) AS MATERIALIZED (
      SELECT slate_id FROM slate_people WHERE person = ?
      UNION SELECT slate_id FROM slate_claims WHERE claim IN (SELECT value FROM json_each(?))
      UNION SELECT slate_id FROM slates WHERE any_admin = 1 AND ?)`,
    person,
    JSON.stringify(claims),
    admin ? 1 : 0,
  );
}

/** What such a reader may see; `mine` must be at hand. */
export function visible({ person }: Reader): Clause {
  return clause(
    '(+requester = ? OR +on_behalf_of = ? OR +owner = ? OR +slate_id IN mine)',
    ...[person, person, person],
  );
}

/** The reader, if not all of the tenant may be seen. */
export function limitedReader({ reader }: ListFilter): Reader | undefined {
  return reader && !reader.admin ? reader : undefined;
}
