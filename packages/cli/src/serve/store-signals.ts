import type { EventStoreDbSignals } from '@countersign/event-store';
import type { Logger } from 'pino';

/** What EventStoreDB and the way to it have to tell, as log lines. */
export function storeSignals(logger: Logger): EventStoreDbSignals {
  return {
    onFailure: (operation, kind, reason) => logger.warn({ scope: 'store.failed', operation, kind, reason }),
    onConflict: () => logger.debug({ scope: 'store.conflict' }),
    onResubscribe: (reason, attempt, detail) =>
      logger.warn({ scope: 'store.resubscribed', reason, attempt, detail }),
    onWatchdog: () => logger.warn({ scope: 'store.subscription_silent' }),
    onWarning: (message) => logger.warn({ scope: 'store.warning' }, message),
  };
}
