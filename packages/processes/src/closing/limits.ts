import type { ClosingLimits } from './types.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** As Standard Webhooks recommends: ten tries over a little more than three days. */
export const CLOSING_RETRY_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
const MAX_AGE_MS = 7 * 24 * HOUR;

export type CheckedLimits = Required<ClosingLimits> & {
  /** How long a call that was told to end is still waited for. */
  readonly graceMs: number;
};

/** @throws RangeError for limits under which nothing could be called, or not safely */
export function checkedLimits(limits: ClosingLimits): CheckedLimits {
  const checked = { retryMs: CLOSING_RETRY_MS, maxAgeMs: MAX_AGE_MS, ...limits };
  const { leaseMs, callTimeoutMs, maxConcurrent, maxPerReceiver, maxAgeMs, retryMs } = checked;
  const numbers = { leaseMs, callTimeoutMs, maxConcurrent, maxPerReceiver, maxAgeMs };
  for (const [name, value] of [...Object.entries(numbers), ...retryMs.map((ms) => ['retryMs', ms] as const)])
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`${name} must be a whole number of at least 1, not ${value}`);
  if (leaseMs < 3 * callTimeoutMs)
    throw new RangeError(
      `leaseMs (${leaseMs}) must be at least three times callTimeoutMs (${callTimeoutMs})`,
    );
  return { ...checked, graceMs: Math.min(1000, Math.ceil(callTimeoutMs / 4)) };
}
