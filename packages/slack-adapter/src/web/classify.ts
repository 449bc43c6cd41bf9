import { WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { NoAnswer } from './transport.ts';
import type { CallError } from './types.ts';

export interface Failure {
  readonly error: CallError;
  /** For metrics: Slack's error code, `rate_limited`, `http_<status>`, `network`, `timeout`. */
  readonly result: string;
}

/** Slack's own words for a limit that came with a status other than 429; without a number. */
const LIMITED = new Set(['ratelimited', 'rate_limited']);
/** Slack's reference says of these that part of the call may have been carried out. */
const PERHAPS_DONE = new Set(['internal_error', 'fatal_error', 'service_unavailable']);
/** Slack read only part of the call, or takes none while the workspace is being moved. Both pass. */
const NOT_TAKEN = new Set(['request_timeout', 'team_added_to_org']);
const RETRY_AFTER_SEC = 1;

/** What an error of `WebClient` means. Of its texts only Slack's error code gets through. */
export function classify(error: unknown): Failure {
  if (error instanceof WebAPIRateLimitedError) return limited(error.retryAfter);
  if (error instanceof WebAPIPlatformError) return classifyCode(error.data.error);
  if (error instanceof WebAPIRequestError && error.original instanceof NoAnswer) {
    const { isUnsent, result } = error.original;
    return { error: { kind: isUnsent ? 'not_sent' : 'unknown' }, result };
  }
  return { error: { kind: 'unknown' }, result: 'network' };
}

function classifyCode(code: unknown): Failure {
  if (typeof code !== 'string' || !/^[a-z0-9_]{1,100}$/.test(code))
    return { error: { kind: 'unknown' }, result: 'unreadable' };
  if (LIMITED.has(code)) return limited(RETRY_AFTER_SEC);
  if (PERHAPS_DONE.has(code)) return { error: { kind: 'unknown' }, result: code };
  if (NOT_TAKEN.has(code)) return { error: { kind: 'not_sent' }, result: code };
  return { error: { kind: 'refused', code }, result: code };
}

function limited(retryAfterSec: number): Failure {
  return { error: { kind: 'rate_limited', retryAfterSec }, result: 'rate_limited' };
}
