/**
 * Pause before the next try, in milliseconds: doubled with each failure, up to a limit, and between half and the whole
 * of that, so that those who failed together do not come back together.
 * @param failures in a row, at least 1
 */
export function backoffMs(
  failures: number,
  { retryMs, maxRetryMs }: { readonly retryMs: number; readonly maxRetryMs: number },
): number {
  const whole = Math.min(maxRetryMs, retryMs * 2 ** Math.min(failures - 1, 30));
  return Math.ceil(whole * (0.5 + Math.random() / 2));
}
