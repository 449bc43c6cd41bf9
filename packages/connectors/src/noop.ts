import { setTimeout as wait } from 'node:timers/promises';
import type { Connector } from '@countersign/domain';

export interface NoopOptions {
  readonly name: string;
  /** How long each call takes; 0 answers at once. */
  readonly delayMs: number;
}

/** A connector to nowhere, for benchmarks and tests: takes any input for its one operation `noop`, and succeeds. */
export function createNoopConnector({ name, delayMs }: NoopOptions): Connector {
  return {
    name,
    operations: ['noop'],
    validate: (operation) =>
      operation === 'noop'
        ? []
        : [{ pointer: '', detail: `${name} has no operation "${operation}"; it has noop` }],
    dryRun: async ({ input }) => ({ summary: 'nothing', details: input }),
    async execute({ idempotencyKey, signal }) {
      try {
        if (delayMs > 0) await wait(delayMs, undefined, { signal });
        signal.throwIfAborted();
      } catch {
        return { outcome: 'failed', error: 'ended before its time', transient: true };
      }
      return { outcome: 'succeeded', result: { key: idempotencyKey } };
    },
    reconcile: async () => ({ found: 'not_done' }),
    health: async () => ({ status: 'ok' }),
  };
}
