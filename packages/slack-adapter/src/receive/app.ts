import { App, type Logger, LogLevel, type Receiver } from '@slack/bolt';
import type { WebClientOptions } from '@slack/web-api';

export interface BoltOptions {
  readonly receiver: Receiver;
  readonly logger: Logger;
  readonly botToken: string;
  readonly clientOptions: WebClientOptions;
  /** An error that a listener let through. */
  onError(error: unknown): void;
}

/**
 * How the clients of Bolt call Slack: each call once. What may be repeated, and when, is decided by whoever calls.
 * @param apiUrl another address of the Web API; default Slack's
 */
export function clientOptionsOf(apiUrl: string | undefined, timeoutMs: number): WebClientOptions {
  return {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
    maxRequestConcurrency: 16,
  };
}

/** Bolt's app, for one workspace: reads calls and finds their listeners, and asks Slack nothing. */
export function createBoltApp({ receiver, logger, botToken, clientOptions, onError }: BoltOptions): App {
  const app = new App({
    receiver,
    logger,
    logLevel: LogLevel.WARN,
    clientOptions,
    // A given token would be tried with Slack at once, and by every call until Slack answers.
    authorize: async () => ({ botToken }),
    // Nothing is remembered of conversations: what is so stands in the ledger.
    convoStore: false,
    attachFunctionToken: false,
  });
  app.error(async (error) => onError(error));
  return app;
}
