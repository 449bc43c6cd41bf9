import { type Clock, type LedgerSignals, timestamp } from '@countersign/application';
import { type Projections, ViewUnavailable } from '@countersign/projections';
import type { RequestHandler } from 'express';
import { Registry } from 'prom-client';
import { combineSignals } from '../logs/combine.ts';
import { type Definitions, defineMetrics } from './definitions.ts';
import { countDispatches } from './from-dispatches.ts';
import { countSignals } from './from-signals.ts';
import { gaugeReaders } from './gauges.ts';
import { httpMetrics } from './http.ts';
import type { SecurityEvent } from './security.ts';

/** All figures of this process, and of the ledger as its views show it. */
export interface Metrics {
  /** Give them to the ledger and the policy register: what they tell of is counted. */
  readonly signals: LedgerSignals;
  /** Each metric by itself, for whoever has something to count. */
  readonly defined: Definitions;
  /** Credentials or safeguards that stopped a request. */
  securityEvent(type: SecurityEvent): void;
  /** Counts and times requests; mount it before all routes. */
  httpMetrics(): RequestHandler;
  /** Prometheus' text format, gauges read now. */
  scrape(): Promise<string>;
  readonly contentType: string;
}

export interface MetricsOptions {
  /** Absent where there is no read side: the gauges of the ledger are then absent too. */
  readonly projections?: Pick<Projections, 'metrics' | 'slack' | 'status'> | undefined;
  readonly clock: Clock;
  /** Names of the connectors there are: their counters are shown from the start, at 0. */
  readonly connectors?: readonly string[];
  /** Told when the gauges could not be read; the counters are given all the same. */
  readonly onUnavailable?: (error: ViewUnavailable) => void;
}

export function createMetrics({
  projections,
  clock,
  connectors = [],
  onUnavailable,
}: MetricsOptions): Metrics {
  const registry = new Registry();
  const defined = defineMetrics(registry);
  const readers = projections ? gaugeReaders(defined, projections) : [];

  return {
    signals: combineSignals(countSignals(defined), countDispatches(defined, connectors)),
    defined,
    securityEvent: (type) => defined.securityEvents.inc({ type }),
    httpMetrics: () => httpMetrics(defined),
    async scrape() {
      const now = timestamp(clock);
      for (const read of readers) {
        try {
          read(now);
        } catch (error) {
          if (!(error instanceof ViewUnavailable)) throw error;
          onUnavailable?.(error);
        }
      }
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
