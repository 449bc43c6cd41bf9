import { type Logger, LogLevel, type WebAPICallResult, WebClient } from '@slack/web-api';
import type { SlackSignals } from '../types.ts';
import { classify, type Failure } from './classify.ts';
import { createTransport } from './transport.ts';
import type { CallError, Called } from './types.ts';

export interface CallerOptions {
  /** Newest first. */
  readonly tokens: readonly string[];
  /** Default Slack's. */
  readonly apiUrl?: string | undefined;
  readonly timeoutMs: number;
  /** Calls under way at a time; more wait within the client, and begin later than their caller thinks. */
  readonly maxConcurrency: number;
  readonly signals: SlackSignals;
}

/** One call of a method; Slack's answer, or why there is none. Never throws. */
export type Caller = (
  method: string,
  args: Record<string, unknown>,
) => Promise<Called<{ readonly body: WebAPICallResult & Record<string, unknown> }>>;

/** Slack does not take the token (any more): nothing was carried out, and another token may do. */
const TOKEN_REFUSED = new Set([
  'invalid_auth',
  'not_authed',
  'token_revoked',
  'token_expired',
  'account_inactive',
]);

export function isTokenRefused(error: CallError): boolean {
  return error.kind === 'refused' && TOKEN_REFUSED.has(error.code);
}

/**
 * Calls Slack with the token that was taken last, and where that one is refused with each of the others once. The
 * client's own repeats are off: they would post twice what Slack carried out without an answer.
 */
export function createCaller(options: CallerOptions): Caller {
  const { signals, tokens } = options;
  const clients = tokens.map((token) => clientFor(token, options));
  let current = 0;

  async function once(client: WebClient, method: string, args: Record<string, unknown>) {
    const began = performance.now();
    let failure: Failure | undefined;
    try {
      return { body: { ...(await client.apiCall(method, args)) } };
    } catch (error) {
      failure = classify(error);
      return failure;
    } finally {
      const seconds = (performance.now() - began) / 1000;
      signals.called?.({ method, result: failure?.result ?? 'ok', seconds });
      if (failure?.error.kind === 'rate_limited') tellLimited(method, args, failure.error.retryAfterSec);
    }
  }

  function tellLimited(method: string, { channel }: Record<string, unknown>, retryAfterSec: number): void {
    signals.rateLimited?.({ method, ...(typeof channel === 'string' && { channel }), retryAfterSec });
  }

  return async (method, args) => {
    const first = current;
    for (let tried = 0; ; tried++) {
      const index = (first + tried) % clients.length;
      const answer = await once(clients[index] as WebClient, method, args);
      if ('body' in answer) {
        current = index;
        return { ok: true, body: answer.body };
      }
      if (!isTokenRefused(answer.error) || tried + 1 >= clients.length)
        return { ok: false, error: answer.error };
    }
  };
}

function clientFor(token: string, options: CallerOptions): WebClient {
  return new WebClient(token, {
    ...(options.apiUrl !== undefined && { slackApiUrl: options.apiUrl }),
    timeout: options.timeoutMs,
    maxRequestConcurrency: options.maxConcurrency,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    fetch: createTransport(),
    logger: silent,
  });
}

/** What goes wrong is told by the caller; what the client would print may hold people's words. */
const silent: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};
