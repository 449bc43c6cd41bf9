import type { CallOutcome, StepReport } from '@countersign/domain';
import type { CheckedLimits } from './limits.ts';

type Failed = Extract<CallOutcome, { outcome: 'failed' }>;
type Retry = NonNullable<Extract<StepReport, { what: 'failed' }>['retry']>;

/** Longer waits are not waited for by the instance that holds the dispatch: its lease ends, and whoever is there goes on. */
export const LONG_MS = 60_000;
/** Whoever wants to be left alone for longer is not called again by the same dispatch. */
export const MAX_WAIT_MS = 86_400_000;

/**
 * When a step that failed is tried again, and how long the lease is to last; undefined when it is not.
 * @param nth tries of the step in this dispatch so far
 * @param now milliseconds since 1970
 */
export function retryOf(
  { transient, retryAfterMs = 0 }: Pick<Failed, 'transient' | 'retryAfterMs'>,
  nth: number,
  now: number,
  limits: Pick<CheckedLimits, 'maxTries' | 'retryMs' | 'maxRetryMs' | 'leaseMs'>,
): Retry | undefined {
  if (!transient || nth >= limits.maxTries) return undefined;
  const wait = Math.max(backoffMs(nth, limits), Math.ceil(retryAfterMs));
  // Written so that what is no number is too long as well.
  if (!(wait <= MAX_WAIT_MS)) return undefined;
  const at = now + wait;
  const until = wait > LONG_MS ? at : at + limits.leaseMs;
  return { at: new Date(at).toISOString(), until: new Date(until).toISOString() };
}

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
