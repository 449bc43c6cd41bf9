import type { CheckedLimits } from './limits.ts';

/** Whoever wants to be left alone for longer is called again all the same. */
const MAX_RETRY_AFTER_MS = 86_400_000;

/** When a try that came to nothing may be followed by another. */
export interface Again {
  /** As the other side asks. */
  readonly retryAfterMs?: number | undefined;
  /** In milliseconds since 1970: until then the last call may still be going on. */
  readonly notBefore?: number | undefined;
}

/**
 * When it is tried again, in milliseconds since 1970; null when that was the last try. The pause is a fifth longer or
 * shorter by chance, so that those who failed together do not come back together.
 * @param nth tries so far
 */
export function retryAtOf(
  nth: number,
  { retryAfterMs = 0, notBefore = 0 }: Again,
  now: number,
  { retryMs }: Pick<CheckedLimits, 'retryMs'>,
): number | null {
  const pause = retryMs[nth - 1];
  if (pause === undefined) return null;
  const asked = Number.isNaN(retryAfterMs) ? 0 : Math.min(Math.ceil(retryAfterMs), MAX_RETRY_AFTER_MS);
  const drawn = Math.ceil(pause * (0.8 + Math.random() * 0.4));
  return Math.max(now + Math.max(drawn, asked), notBefore);
}
