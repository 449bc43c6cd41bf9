import { setTimeout as delay } from 'node:timers/promises';

/** How long to wait before an attempt (the first is 1): what the server asks for, else doubling with jitter; in ms. */
export function pauseBefore(attempt: number, retryAfter: string | null, now: number = Date.now()): number {
  const asked = retryAfterMs(retryAfter, now);
  if (asked !== undefined) return asked;
  const ceiling = Math.min(200 * 2 ** (attempt - 1), 5000);
  return ceiling / 2 + Math.random() * (ceiling / 2);
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** @throws the signal's reason once it is aborted, which says more than Node's own error */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}
