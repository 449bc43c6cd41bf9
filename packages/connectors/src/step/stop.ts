import type { CallOutcome } from '@countersign/domain';

export type Unfinished = Exclude<CallOutcome, { outcome: 'succeeded' }>;

/** Ends an operation short of a result. Thrown within this package only; the connector's edge makes an outcome of it. */
export class Stop extends Error {
  readonly outcome: Unfinished;

  constructor(outcome: Unfinished) {
    super(outcome.error);
    this.name = 'Stop';
    this.outcome = outcome;
  }
}

/** Certainly not carried out, and another try would end the same way. */
export function failed(error: string): Stop {
  return new Stop({ outcome: 'failed', error, transient: false });
}

/** Certainly not carried out, but it may be later. */
export function failedForNow(error: string, retryAfterMs?: number): Stop {
  return new Stop({
    outcome: 'failed',
    error,
    transient: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** It may have been carried out. */
export function unknown(error: string): Stop {
  return new Stop({ outcome: 'unknown', error });
}
