import type { Projections } from '@countersign/projections';
import type { Gauge } from 'prom-client';
import { boundedLabel } from './bounded-label.ts';
import type { Definitions } from './definitions.ts';

/** Policies are small; thousands of keys would be a mistake that must not reach the time series. */
const MAX_KEYS = 1000;

/**
 * Sets the gauges from the views as they stand. What the ledger holds is the same on every instance; the lag is
 * this instance's own.
 *
 * @returns each reads once, to be called at every scrape with RFC 3339 of now. Throws ViewUnavailable while its view
 * is being built: its gauges are then absent, never stale.
 */
export function gaugeReaders(
  metrics: Definitions,
  projections: Pick<Projections, 'metrics' | 'slack' | 'status'>,
): readonly ((now: string) => void)[] {
  return [
    lagReader(metrics, projections),
    openReader(metrics, projections),
    slackReader(metrics, projections),
  ];
}

function lagReader(metrics: Definitions, projections: Pick<Projections, 'status'>): () => void {
  return () => {
    for (const { name: projection, lagEvents, lagSeconds } of projections.status()) {
      metrics.lagEvents.set({ projection }, lagEvents);
      metrics.lagSeconds.set({ projection }, lagSeconds);
    }
  };
}

function slackReader(metrics: Definitions, projections: Pick<Projections, 'slack'>): () => void {
  return () => {
    metrics.slackQueue.remove();
    metrics.slackQueue.set(projections.slack.depth());
  };
}

function openReader(metrics: Definitions, projections: Pick<Projections, 'metrics'>): (now: string) => void {
  const pending = labelledGauge(metrics.pending, 'action', (a, b) => a + b);
  const oldest = labelledGauge(metrics.oldestPending, 'action', Math.max);
  const personas = labelledGauge(metrics.personaPending, 'persona', (a, b) => a + b);

  return (now) => {
    for (const gauge of [pending, oldest, personas]) gauge.clear();
    metrics.gatePending.remove();

    const found = projections.metrics.gauges(now);
    pending.set(found.pending.map(({ action, count }) => [action, count]));
    oldest.set(found.pending.map(({ action, oldestAgeSeconds }) => [action, oldestAgeSeconds]));
    personas.set(found.personas.map(({ persona, count }) => [persona, count]));
    metrics.gatePending.set(found.pending.reduce((sum, { gate }) => sum + gate, 0));
  };
}

/**
 * A gauge with one label whose number of values is bounded. A value once seen stays, at 0, so that "none" is a
 * figure and not a missing series. `join` says what becomes of several that the bound throws together.
 */
function labelledGauge<L extends string>(
  gauge: Gauge<L>,
  label: L,
  join: (a: number, b: number) => number,
): { clear(): void; set(values: readonly (readonly [string, number])[]): void } {
  const bounded = boundedLabel(MAX_KEYS);
  const seen = new Set<string>();
  return {
    clear: () => gauge.reset(),
    set(values) {
      const joined = new Map([...seen].map((name) => [name, 0]));
      for (const [name, value] of values) {
        const key = bounded(name);
        joined.set(key, join(joined.get(key) ?? 0, value));
        seen.add(key);
      }
      for (const [name, value] of joined) gauge.set({ [label]: name } as Record<L, string>, value);
    },
  };
}
