import type { Database } from 'better-sqlite3';
import { BUCKETS } from './schema.ts';

export interface Duration {
  readonly tenant: string;
  readonly action: string;
  readonly measure: 'first_response' | 'decision' | 'dispatch';
  readonly outcome: string;
  readonly day: string;
}

/** Sums gathered in memory and added to the tables at the end of a batch. */
export interface Counters {
  /** @param at RFC 3339 UTC */
  count(tenant: string, action: string, outcome: string, at: string): void;
  took(key: Duration, ms: number): void;
  readonly pending: number;
  flush(): void;
  reset(): void;
}

interface Spread {
  readonly key: Duration;
  readonly buckets: Map<number, number>;
  n: number;
  sum: number;
  min: number;
  max: number;
}

type Cell = readonly [tenant: string, action: string, outcome: string, day: string, hour: number];

export function createCounters(db: Database): Counters {
  const addActivity = db.prepare(`
    INSERT INTO activity (tenant, action, outcome, day, hour, n) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET n = n + excluded.n`);
  const addDuration = db.prepare(`
    INSERT INTO durations (tenant, action, measure, outcome, day, n, sum_ms, min_ms, max_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET n = n + excluded.n, sum_ms = sum_ms + excluded.sum_ms,
      min_ms = min(min_ms, excluded.min_ms), max_ms = max(max_ms, excluded.max_ms)`);
  const addBucket = db.prepare(`
    INSERT INTO duration_buckets (tenant, action, measure, outcome, day, le_seconds, n) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET n = n + excluded.n`);
  let cells = new Map<string, { cell: Cell; n: number }>();
  let spreads = new Map<string, Spread>();

  function forget(): void {
    cells = new Map();
    spreads = new Map();
  }

  function writeSpread({ key, buckets, n, sum, min, max }: Spread): void {
    const place = [key.tenant, key.action, key.measure, key.outcome, key.day];
    addDuration.run(...place, n, sum, min, max);
    for (const [le, count] of buckets) addBucket.run(...place, le, count);
  }

  return {
    count(tenant, action, outcome, at) {
      const cell: Cell = [tenant, action, outcome, at.slice(0, 10), Number(at.slice(11, 13))];
      const name = cell.join('\u0000');
      const known = cells.get(name);
      if (known) known.n++;
      else cells.set(name, { cell, n: 1 });
    },
    took(key, ms) {
      const name = Object.values(key).join('\u0000');
      const spread = spreads.get(name) ?? { key, buckets: new Map(), n: 0, sum: 0, min: ms, max: ms };
      spreads.set(name, spread);
      const le = BUCKETS.find((bound) => ms <= bound * 1000) ?? 0;
      spread.buckets.set(le, (spread.buckets.get(le) ?? 0) + 1);
      spread.n++;
      spread.sum += ms;
      spread.min = Math.min(spread.min, ms);
      spread.max = Math.max(spread.max, ms);
    },
    get pending() {
      return cells.size + spreads.size;
    },
    flush() {
      for (const { cell, n } of cells.values()) addActivity.run(...cell, n);
      for (const spread of spreads.values()) writeSpread(spread);
      forget();
    },
    reset: forget,
  };
}
