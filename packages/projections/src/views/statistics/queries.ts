import type { Value, ViewReader } from '../../read/reader.ts';

export const STATISTIC_OUTCOMES = [
  'requested',
  'approved',
  'denied',
  'expired',
  'cancelled',
  'automatic',
  'escalated',
  'overridden',
  'break_glass',
  'attempted',
  'dispatched',
  'dispatch_failed',
  'lapsed',
] as const;
export type StatisticOutcome = (typeof STATISTIC_OUTCOMES)[number];

export interface StatisticFilter {
  readonly tenant: string;
  /** UTC days `YYYY-MM-DD`, both inclusive. */
  readonly from?: string;
  readonly to?: string;
  /** A policy key. */
  readonly action?: string;
}

export interface DurationSummary {
  readonly count: number;
  readonly meanSeconds: number;
  readonly minSeconds: number;
  readonly maxSeconds: number;
  /** Upper bound of the bucket that holds the quantile, at most the maximum. */
  readonly p50Seconds: number;
  readonly p90Seconds: number;
  readonly p99Seconds: number;
}

export interface ActionSummary {
  /** A policy key; '' for attempts on requests that are not known. */
  readonly action: string;
  readonly counts: Readonly<Record<StatisticOutcome, number>>;
  /** Until the first acknowledgement, vote or decision; null when there was none. */
  readonly firstResponse: DurationSummary | null;
  /** Until approved or denied, automatic approvals left out; null when there was none. */
  readonly decision: DurationSummary | null;
  /** From approved until all was carried out; null where nothing was. */
  readonly dispatch: DurationSummary | null;
}

export interface ActivityCell {
  readonly day: string;
  /** 0 to 23, UTC; only where asked for by the hour. */
  readonly hour?: number;
  readonly action: string;
  readonly outcome: StatisticOutcome;
  readonly count: number;
}

/** Throws ViewUnavailable while there is no file in force. */
export interface StatisticQueries {
  summary(filter: StatisticFilter): ActionSummary[];
  activity(filter: StatisticFilter, by: 'day' | 'hour'): ActivityCell[];
}

export function statisticQueries(view: ViewReader): StatisticQueries {
  return {
    summary: (filter) => view.together(() => summary(view, filter)),
    activity(filter, by) {
      const { sql, values } = within(filter);
      const hour = by === 'hour' ? ', hour' : '';
      return view.all<ActivityCell>(
        `SELECT day${hour}, action, outcome, sum(n) AS count FROM activity WHERE ${sql}
          GROUP BY day${hour}, action, outcome ORDER BY day${hour}, action, outcome`,
        ...values,
      );
    },
  };
}

interface Duration {
  action: string;
  measure: 'first_response' | 'decision' | 'dispatch';
  count: number;
  sum: number;
  min: number;
  max: number;
}

interface Bucket {
  action: string;
  measure: Duration['measure'];
  le: number;
  count: number;
}

/** An expiry or a cancelling says nothing about how long approvers take. */
const ANSWERED = "outcome NOT IN ('expired', 'cancelled')";

function summary(view: ViewReader, filter: StatisticFilter): ActionSummary[] {
  const { sql, values } = within(filter);
  const counts = view.all<{ action: string; outcome: StatisticOutcome; count: number }>(
    `SELECT action, outcome, sum(n) AS count FROM activity WHERE ${sql} GROUP BY action, outcome ORDER BY action`,
    ...values,
  );
  const durations = view.all<Duration>(
    `SELECT action, measure, sum(n) AS count, sum(sum_ms) AS sum, min(min_ms) AS min, max(max_ms) AS max
      FROM durations WHERE ${sql} AND ${ANSWERED} GROUP BY action, measure`,
    ...values,
  );
  const buckets = view.all<Bucket>(
    `SELECT action, measure, le_seconds AS le, sum(n) AS count
      FROM duration_buckets WHERE ${sql} AND ${ANSWERED} GROUP BY action, measure, le_seconds ORDER BY le_seconds = 0, le_seconds`,
    ...values,
  );
  const measured = (action: string, measure: Duration['measure']): DurationSummary | null => {
    const duration = durations.find((one) => one.action === action && one.measure === measure);
    const own = buckets.filter((one) => one.action === action && one.measure === measure);
    return duration ? summarise(duration, own) : null;
  };
  return [...Map.groupBy(counts, ({ action }) => action)].map(([action, cells]) => ({
    action,
    counts: Object.fromEntries(
      STATISTIC_OUTCOMES.map((name) => [name, cells.find(({ outcome }) => outcome === name)?.count ?? 0]),
    ) as ActionSummary['counts'],
    firstResponse: measured(action, 'first_response'),
    decision: measured(action, 'decision'),
    dispatch: measured(action, 'dispatch'),
  }));
}

function summarise({ count, sum, min, max }: Duration, buckets: readonly Bucket[]): DurationSummary {
  const quantile = (q: number): number => {
    let seen = 0;
    for (const bucket of buckets) {
      seen += bucket.count;
      if (seen >= q * count) return bucket.le === 0 ? max / 1000 : Math.min(bucket.le, max / 1000);
    }
    return max / 1000;
  };
  return {
    count,
    meanSeconds: sum / count / 1000,
    minSeconds: min / 1000,
    maxSeconds: max / 1000,
    p50Seconds: quantile(0.5),
    p90Seconds: quantile(0.9),
    p99Seconds: quantile(0.99),
  };
}

function within({ tenant, from, to, action }: StatisticFilter): { sql: string; values: Value[] } {
  const clauses: [string, Value | undefined][] = [
    ['tenant = ?', tenant],
    ['day >= ?', from],
    ['day <= ?', to],
    ['action = ?', action],
  ];
  const asked = clauses.filter((clause): clause is [string, Value] => clause[1] !== undefined);
  return { sql: asked.map(([sql]) => sql).join(' AND '), values: asked.map(([, value]) => value) };
}
