import type { DispatchLimits } from './types.ts';

export type CheckedLimits = Required<DispatchLimits> & {
  /** How long a call that was told to end is still waited for. */
  readonly graceMs: number;
};

const HOUR_MS = 3_600_000;
/** Far beyond any use, and within what a timer can hold. */
const DAY_MS = 24 * HOUR_MS;

/** @throws RangeError for limits under which nothing could be carried out, or not safely */
export function checkedLimits(limits: DispatchLimits): CheckedLimits {
  const checked = { askMs: HOUR_MS, ...limits };
  for (const [name, value] of Object.entries(checked)) {
    const least = name === 'waitMs' ? 0 : 1;
    if (!Number.isInteger(value) || value < least || value > DAY_MS)
      throw new RangeError(`${name} must be a whole number from ${least} to ${DAY_MS}, not ${value}`);
  }
  const { leaseMs, callTimeoutMs } = checked;
  if (leaseMs < 2 * callTimeoutMs)
    throw new RangeError(`leaseMs (${leaseMs}) must be at least twice callTimeoutMs (${callTimeoutMs})`);
  return { ...checked, graceMs: Math.min(1000, Math.ceil(callTimeoutMs / 4)) };
}
