import type { ViewReader } from '../../read/reader.ts';

export interface Gauges {
  /** Undecided and not overdue, by policy key. */
  readonly pending: readonly {
    readonly action: string;
    readonly count: number;
    /** Of these, asked through `/api/pj/execute`. */
    readonly gate: number;
    readonly oldestCreatedAt: string;
    readonly oldestAgeSeconds: number;
  }[];
  /** Requests that wait for a persona, by its name. */
  readonly personas: readonly { readonly persona: string; readonly count: number }[];
}

/** Throws ViewUnavailable while there is no file in force. */
export interface MetricQueries {
  /** @param now RFC 3339 UTC with milliseconds; requests past their deadline count no more */
  gauges(now: string): Gauges;
}

interface ByAction {
  action: string;
  channel: string;
  count: number;
  oldest: string;
}

export function metricQueries(view: ViewReader): MetricQueries {
  return {
    gauges: (now) => view.together(() => ({ pending: pending(view, now), personas: personas(view, now) })),
  };
}

function pending(view: ViewReader, now: string): Gauges['pending'] {
  const rows = view.all<ByAction>(
    `SELECT policy_key AS action, channel, count(*) AS count, min(created_at) AS oldest
      FROM open_requests WHERE expires_at > ? GROUP BY policy_key, channel`,
    now,
  );
  return [...Map.groupBy(rows, (row) => row.action)].map(([action, channels]) => {
    const oldestCreatedAt = channels.map(({ oldest }) => oldest).sort()[0] ?? now;
    return {
      action,
      count: sum(channels),
      gate: sum(channels.filter(({ channel }) => channel === 'gate')),
      oldestCreatedAt,
      oldestAgeSeconds: Math.max(0, (Date.parse(now) - Date.parse(oldestCreatedAt)) / 1000),
    };
  });
}

function personas(view: ViewReader, now: string): Gauges['personas'] {
  // Few combinations of personas are missing at any time: they are counted as they are, and taken apart here.
  const rows = view.all<{ missing: string; count: number }>(
    `SELECT missing, count(*) AS count FROM open_requests
      WHERE missing <> '[]' AND expires_at > ? GROUP BY missing`,
    now,
  );
  const counts = new Map<string, number>();
  for (const { missing, count } of rows) {
    for (const persona of JSON.parse(missing) as string[])
      counts.set(persona, (counts.get(persona) ?? 0) + count);
  }
  return [...counts].map(([persona, count]) => ({ persona, count }));
}

function sum(rows: readonly { count: number }[]): number {
  return rows.reduce((total, { count }) => total + count, 0);
}
