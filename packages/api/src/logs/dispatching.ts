import type { Logger } from 'pino';
import { logStep } from './lifecycle.ts';

/**
 * For whatever dispatches: what goes wrong there and nobody waits for. Everything else that it does is on the record,
 * and told by the ledger's own signals.
 */
export function dispatchSignals(logger: Logger) {
  return {
    broken({ what, error }: { readonly what: string; readonly error: unknown }): void {
      logStep(logger, 'error', { scope: 'dispatch.broken', what, err: error });
    },
  };
}
