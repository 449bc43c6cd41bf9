import type { LostCall, Reconciled } from '@countersign/domain';

/**
 * `not_done` once what was sent last can't be on its way any more.
 * @param onItsWayMs how long the other side may take with a request whose sender has gone
 */
export function notDone(
  { sentUntil }: Pick<LostCall, 'sentUntil'>,
  onItsWayMs: number,
  nowMs: number,
): Reconciled {
  const leftMs = Date.parse(sentUntil) + onItsWayMs - nowMs;
  if (leftMs <= 0) return { found: 'not_done' };
  return { found: 'ask_again', why: 'not there, but it may still be on its way', retryAfterMs: leftMs };
}
