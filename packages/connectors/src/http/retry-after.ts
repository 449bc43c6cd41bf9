const DAY_MS = 86_400_000;

/**
 * Milliseconds to wait by a `Retry-After` header (seconds or an HTTP date), at most a day; undefined without one that
 * can be read.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), DAY_MS);
}
