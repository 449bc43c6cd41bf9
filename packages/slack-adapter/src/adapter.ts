import { createOutbox } from './outbox/outbox.ts';
import { createInbound } from './receive/inbound.ts';
import { rendering } from './render/index.ts';
import type { SlackAdapter, SlackAdapterOptions, SlackLimits } from './types.ts';
import { createWeb } from './web/web.ts';

export const DEFAULT_SLACK_LIMITS: SlackLimits = {
  callTimeoutMs: 10_000,
  leaseMs: 45_000,
  burst: 4,
  perSecond: 1,
  coalesceMs: 250,
  maxLanes: 32,
  retryMs: 500,
  maxRetryMs: 60_000,
  ackMs: 2000,
  maxInFlight: 200,
};

/**
 * Slack as a way in and a view: what people click becomes commands, what happens is drawn.
 * @throws Error for credentials that are missing or empty
 */
export function createSlackAdapter(options: SlackAdapterOptions): SlackAdapter {
  const { credentials, apiUrl, coalesce = true, signals = {} } = options;
  const limits = { ...DEFAULT_SLACK_LIMITS, ...options.limits, ...(!coalesce && { coalesceMs: 0 }) };
  const web = createWeb({
    tokens: credentials.botTokens,
    apiUrl,
    timeoutMs: limits.callTimeoutMs,
    // Each lane and each click makes one call at a time: none ever waits inside the client, past its lease.
    maxConcurrency: limits.maxLanes + limits.maxInFlight + 10,
    signals,
  });
  const inbound = createInbound({ ...options, web, limits, signals });
  const outbox = createOutbox({ ...options, web, rendering, limits, signals });

  return {
    handler: inbound.handler,
    async start() {
      outbox.start();
      await inbound.start();
    },
    health() {
      const told = outbox.health();
      if (inbound.trouble === undefined) return told;
      const detail = told.detail === undefined ? inbound.trouble : `${inbound.trouble}; ${told.detail}`;
      return { status: 'degraded', detail };
    },
    async stop() {
      await Promise.all([inbound.stop(), outbox.stop()]);
    },
  };
}
