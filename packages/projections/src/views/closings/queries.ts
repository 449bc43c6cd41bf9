import type { ClosingName } from '@countersign/domain';
import type { ViewReader } from '../../read/reader.ts';

/** A call that somebody outside waits for, of a request that is decided. */
export interface ClosingRow {
  readonly requestId: string;
  readonly call: ClosingName;
  readonly tenant: string;
  /** Host of a callback, with a port other than 443; else the connector. */
  readonly receiver: string;
  /** RFC 3339 UTC with milliseconds: the decision, the next try, or the end of a lease. */
  readonly dueAt: string;
  /** So far. */
  readonly tries: number;
}

/** All throw ViewUnavailable while there is no file in force. */
export interface ClosingQueries {
  /**
   * What is to be done at `now` as far as the view knows, the longest overdue first.
   * @param busy receivers that are left out
   */
  due(now: string, limit: number, busy?: readonly string[]): readonly ClosingRow[];
  /** When the next one is due that is not due at `now`; null when there is none. */
  nextDueAfter(now: string): string | null;
  /** How many calls have neither been made nor given up; costs grow with them. */
  depth(): number;
}

export function closingQueries(view: ViewReader): ClosingQueries {
  return {
    due: (now, limit, busy = []) =>
      view.all<ClosingRow>(
        `SELECT request_id AS requestId, call, tenant, receiver, due_at AS dueAt, tries
          FROM closings INDEXED BY closings_due
          WHERE due_at <= ? AND receiver NOT IN (SELECT value FROM json_each(?))
          ORDER BY due_at, request_id, call LIMIT ?`,
        now,
        JSON.stringify(busy),
        limit,
      ),
    nextDueAfter: (now) =>
      view.get<{ at: string | null }>(
        'SELECT min(due_at) AS at FROM closings INDEXED BY closings_due WHERE due_at > ?',
        now,
      )?.at ?? null,
    depth: () =>
      view.get<{ n: number }>(
        'SELECT count(*) AS n FROM closings INDEXED BY closings_due WHERE due_at IS NOT NULL',
      )?.n ?? 0,
  };
}
