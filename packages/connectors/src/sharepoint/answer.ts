import type { HttpAnswer } from '../http/exchange.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { failed, failedForNow, Stop, unknown } from '../step/stop.ts';

/** An answer of Microsoft's that is none of the successes. */
export class MicrosoftError extends Stop {
  readonly status: number;

  constructor(status: number, stop: Stop) {
    super(stop.outcome);
    this.status = status;
  }
}

/** Whether it says that what was asked for isn't there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof MicrosoftError && error.status === 404;
}

/**
 * The JSON of a successful answer; an empty object for one without.
 * @param who says whose answer it is
 * @throws MicrosoftError for any other; Stop for one that can't be read
 */
export function jsonOf(who: string, answer: HttpAnswer, nowMs: number): Record<string, unknown> {
  const { status, body, whole } = answer;
  if (status < 200 || status >= 300) throw errorOf(who, answer, nowMs);
  if (!whole) throw unknown(`${who} accepted it, but its answer was cut off`);
  const told = parsed(body);
  if (body.length > 0 && !told) throw unknown(`${who} accepted it, but its answer can't be read`);
  return told ?? {};
}

function errorOf(who: string, { status, headers, body }: HttpAnswer, nowMs: number): MicrosoftError {
  const says = `${who} answered ${status}${reasonIn(body)}`;
  const wait = retryAfterMs(headers['retry-after'], nowMs);
  const stop = (): Stop => {
    // SharePoint throttles with either, and says how long; a 503 without is a failure on the way.
    if (status === 429 || (status === 503 && wait !== undefined)) return failedForNow(says, wait);
    // Locked, as by somebody who has the file open.
    if (status === 423) return failedForNow(says, wait);
    // No room left.
    if (status === 507) return failed(says);
    if (status >= 500) return unknown(says);
    if (status < 400) return failed(`${says}: redirects are not followed`);
    return failed(says);
  };
  return new MicrosoftError(status, stop());
}

/** What Graph and Entra say of an error, each in its own way. */
function reasonIn(body: Buffer): string {
  const { error, error_description: description } = parsed(body) ?? {};
  if (typeof error === 'string')
    return ` ${[error, description].filter((part) => typeof part === 'string').join(': ')}`;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? ` ${code}: ${message}` : '';
}

function parsed(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
