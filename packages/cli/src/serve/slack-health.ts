import type { SlackHealth } from '@countersign/slack-adapter';
import type { Logger } from 'pino';

const EVERY_MS = 2000;

/**
 * Tells the log when Slack begins to take no messages, and which, and when it takes them again: `/health` is open to
 * everybody and says no more than that something is amiss.
 *
 * @returns how to end it
 */
export function tellOfSlackHealth(health: () => SlackHealth, logger: Logger, everyMs = EVERY_MS): () => void {
  let told: string | undefined;
  let before: string | undefined;
  const look = (): void => {
    const { status, detail = 'it did not say why' } = health();
    const amiss = status === 'ok' ? undefined : detail;
    // What lasts no longer than from one look to the next is nobody's trouble.
    const lasts = amiss === before;
    before = amiss;
    if (!lasts || amiss === told) return;
    told = amiss;
    if (amiss === undefined) logger.info({ scope: 'slack.recovered' });
    else logger.error({ scope: 'slack.degraded', detail: amiss });
  };
  const timer = setInterval(look, everyMs).unref();
  return () => clearInterval(timer);
}
