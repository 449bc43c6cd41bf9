import type { ViewReader } from '../../read/reader.ts';
import { DUE_KINDS, type DueKind } from './kinds.ts';

export interface DueRow<K extends DueKind = DueKind> {
  /** RFC 3339 UTC with milliseconds. */
  readonly dueAt: string;
  readonly requestId: string;
  readonly tenant: string;
  /**
   * `lapse`: an approval not used until then is good no longer. `dispatch`: approved, and carried out by itself from then
   * on. `resume`: the lease of a dispatch under way ends.
   */
  readonly kind: K;
  /** Of the escalation; 0 for all others. */
  readonly rung: number;
}

/** Both cost the same however many deadlines are open. Throw ViewUnavailable while there is no file in force. */
export interface DeadlineQueries {
  /**
   * What is due at `now` and has not happened as far as the view knows, the longest overdue first.
   * @param kinds only these; default all
   */
  due(now: string, limit: number, kinds?: readonly DueKind[]): DueRow[];
  /** When the next one is due, overdue ones included; null when nothing is open. */
  nextDueAt(kinds?: readonly DueKind[]): string | null;
}

/** Deadlines of some kinds only. */
export interface Deadlines<K extends DueKind> {
  due(now: string, limit: number): DueRow<K>[];
  nextDueAt(): string | null;
}

export function deadlinesOf<K extends DueKind>(
  deadlines: DeadlineQueries,
  kinds: readonly K[],
): Deadlines<K> {
  return {
    due: (now, limit) => deadlines.due(now, limit, kinds) as DueRow<K>[],
    nextDueAt: () => deadlines.nextDueAt(kinds),
  };
}

export function deadlineQueries(view: ViewReader): DeadlineQueries {
  return {
    due(now, limit, kinds = DUE_KINDS) {
      if (kinds.length === 0) return [];
      const walks = kinds.map(() => `SELECT * FROM (${OF_KIND})`).join(' UNION ALL ');
      return view.all<DueRow>(
        `SELECT due_at AS dueAt, request_id AS requestId, tenant, kind, rung FROM (${walks})
          ORDER BY due_at, kind, request_id, rung LIMIT ?`,
        ...kinds.flatMap((kind) => [kind, now, limit]),
        limit,
      );
    },
    nextDueAt(kinds = DUE_KINDS) {
      if (kinds.length === 0) return null;
      const firsts = kinds.map(() => FIRST_OF_KIND).join(' UNION ALL ');
      return view.get<{ at: string | null }>(`SELECT min(at) AS at FROM (${firsts})`, ...kinds)?.at ?? null;
    },
  };
}

const FROM = 'FROM deadlines INDEXED BY deadlines_due WHERE kind = ?';
const OF_KIND = `SELECT due_at, kind, request_id, rung, tenant ${FROM} AND due_at <= ?
  ORDER BY due_at, request_id, rung LIMIT ?`;
const FIRST_OF_KIND = `SELECT min(due_at) AS at ${FROM}`;
