import type { ViewReader } from '../../read/reader.ts';

export interface DueRow {
  /** RFC 3339 UTC with milliseconds. */
  readonly dueAt: string;
  readonly requestId: string;
  readonly tenant: string;
  readonly kind: 'escalate' | 'expire';
  /** Of the escalation; 0 for an expiry. */
  readonly rung: number;
}

/** Both cost the same however many deadlines are open. Throw ViewUnavailable while there is no file in force. */
export interface DeadlineQueries {
  /** What is due at `now` and has not happened as far as the view knows, the longest overdue first. */
  due(now: string, limit: number): DueRow[];
  /** When the next one is due, overdue ones included; null when nothing is open. */
  nextDueAt(): string | null;
}

export function deadlineQueries(view: ViewReader): DeadlineQueries {
  return {
    due: (now, limit) =>
      view.all<DueRow>(
        `SELECT due_at AS dueAt, request_id AS requestId, tenant, kind, rung FROM deadlines
          WHERE due_at <= ? ORDER BY due_at, kind, request_id, rung LIMIT ?`,
        now,
        limit,
      ),
    nextDueAt: () => view.get<{ at: string | null }>('SELECT min(due_at) AS at FROM deadlines')?.at ?? null,
  };
}
