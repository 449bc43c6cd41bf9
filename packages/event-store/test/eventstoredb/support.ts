import { randomUUID } from 'node:crypto';
import { afterEach } from '@jest/globals';
import {
  type EventStoreDbOptions,
  type EventStoreDbSignals,
  openEventStoreDb,
} from '../../src/eventstoredb/index.ts';
import { type EventStore, type NewEvent, StoreError } from '../../src/port.ts';
import { type Double, type DoubleOptions, startDouble } from './double/server.ts';

/** Generous, since the machine may be busy: a test that waits for a timeout sets its own. */
const CALM: EventStoreDbOptions = {
  appendTimeoutMs: 5000,
  readTimeoutMs: 5000,
  watchdogMs: 5000,
  settleMs: 200,
  backoffMs: 5,
  maxBackoffMs: 40,
};

/** So short that a silent server is given up while the test waits. */
export const IMPATIENT: EventStoreDbOptions = { appendTimeoutMs: 300, readTimeoutMs: 300 };

/** What the store told of itself. */
export interface Told {
  readonly appends: string[];
  readonly failures: string[];
  readonly warnings: string[];
  readonly resubscribes: string[];
  /** The attempt of each resubscription. */
  readonly attempts: number[];
  conflicts: number;
  watchdogs: number;
}

export interface Bench {
  double(options?: DoubleOptions): Promise<Double>;
  open(connectionString: string, options?: EventStoreDbOptions): { store: EventStore; told: Told };
}

/** Closes, after each test, what the test has opened. */
export function useBench(): Bench {
  const doubles: Double[] = [];
  const stores: EventStore[] = [];
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await Promise.all(doubles.splice(0).map((double) => double.stop()));
  });
  return {
    async double(options) {
      const double = await startDouble(options);
      doubles.push(double);
      return double;
    },
    open(connectionString, options) {
      const told: Told = {
        appends: [],
        failures: [],
        warnings: [],
        resubscribes: [],
        attempts: [],
        conflicts: 0,
        watchdogs: 0,
      };
      const signals: EventStoreDbSignals = {
        onAppend: (_, outcome) => told.appends.push(outcome),
        onFailure: (operation, kind, reason) => told.failures.push(`${operation} ${kind} ${reason}`),
        onWarning: (message) => told.warnings.push(message),
        onResubscribe: (reason, attempt) => {
          told.resubscribes.push(reason);
          told.attempts.push(attempt);
        },
        onConflict: () => told.conflicts++,
        onWatchdog: () => told.watchdogs++,
      };
      const store = openEventStoreDb(connectionString, { ...CALM, signals, ...options });
      stores.push(store);
      return { store, told };
    },
  };
}

export function event(type = 'Happened', data = '{}', metadata = '{}'): NewEvent {
  return { id: randomUUID(), type, data, metadata };
}

export function events(count: number, type = 'Happened'): NewEvent[] {
  return Array.from({ length: count }, (_, n) => event(type, `{"n":${n}}`));
}

export function ids(list: readonly { readonly id: string }[]): string[] {
  return list.map(({ id }) => id);
}

/** Waits for a condition, looking often; fails at the deadline. */
export async function until(what: string, condition: () => boolean, deadlineMs = 15_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The store's error, or a failed test. */
export async function failure(promise: Promise<unknown>): Promise<StoreError> {
  const outcome = await promise.then(
    (value) => new Error(`expected a failure, got ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof StoreError) return outcome;
  throw outcome;
}

/** As the application does it: the same batch again for as long as its outcome is open. */
export async function appendUntilKnown(
  store: EventStore,
  ...[stream, expected, batch]: Parameters<EventStore['append']>
): ReturnType<EventStore['append']> {
  for (const deadline = Date.now() + 15_000; ; ) {
    try {
      return await store.append(stream, expected, batch);
    } catch (error) {
      const { kind } = error as StoreError;
      if ((kind !== 'unavailable' && kind !== 'unknown_outcome') || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
