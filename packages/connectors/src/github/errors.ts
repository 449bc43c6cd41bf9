import { HttpFault } from '../http/fault.ts';
import { stopOf } from '../http/judge.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { failed, failedForNow, Stop, unknown } from '../step/stop.ts';

/** What Octokit throws, as far as it is used here. */
interface RequestError extends Error {
  readonly status: number;
  readonly request: { readonly method: string; readonly url: string };
  readonly response?: { readonly headers: Readonly<Record<string, string | undefined>> };
}

const DAY_MS = 86_400_000;
/** What GitHub asks to wait after a secondary limit that names no time. */
const SECONDARY_LIMIT_MS = 60_000;

/** What an error of Octokit's means for a step; an error of another kind stays as it is. */
export function stopOfRequest(error: unknown, nowMs: number): unknown {
  if (!(error instanceof Error) || error.name !== 'HttpError') return error;
  if (error.cause instanceof HttpFault) return stopOf(error.cause);
  if (error.cause instanceof Stop) return error.cause;
  const { status, request, response, message } = error as RequestError;
  if (!response) return unknown(`no answer: ${message}`);
  const says = `GitHub answered ${status} to ${request.method} ${URL.parse(request.url)?.pathname}: ${message}`;
  const wait = waitMs(status, response.headers, message, nowMs);
  if (wait !== undefined) return failedForNow(says, wait);
  return status >= 500 ? unknown(says) : failed(says);
}

/** Whether an error is GitHub's refusal of the credentials themselves. */
export function isUnauthorized(error: unknown): boolean {
  return (error as Partial<RequestError> | undefined)?.status === 401;
}

/** Whether it says that what was asked for isn't there, or not to be seen. */
export function isNotFound(error: unknown): boolean {
  return (error as Partial<RequestError> | undefined)?.status === 404;
}

/** How long a rate limit is to be waited for; undefined when the answer is none. */
function waitMs(
  status: number,
  headers: Readonly<Record<string, string | undefined>>,
  message: string,
  nowMs: number,
): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const after = retryAfterMs(headers['retry-after'], nowMs);
  if (after !== undefined) return after;
  const reset = Number(headers['x-ratelimit-reset']);
  if (headers['x-ratelimit-remaining'] === '0' && reset > 0) {
    return Math.min(Math.max(reset * 1000 - nowMs, 0), DAY_MS);
  }
  return status === 429 || /secondary rate limit/i.test(message) ? SECONDARY_LIMIT_MS : undefined;
}
