import type { Hash } from '../canonical/hash.ts';
import type { JsonObject } from '../canonical/json.ts';
import type { PersonId } from '../principal.ts';

/**
 * - `waiting`: not started in this dispatch yet; may be.
 * - `started`: its connector was or is called, and the outcome is not on the record. Never started again from here.
 * - `retrying`: certainly not done; the same dispatch starts it again, at `retryAt`.
 * - `failed`: certainly not done, or settled so, and the dispatch ended there; another one starts it again.
 * - `unknown`: nobody can tell; a person has to settle it.
 */
export type StepStatus = 'waiting' | 'started' | 'retrying' | 'succeeded' | 'failed' | 'unknown';

export interface StepState {
  readonly status: StepStatus;
  /** Tries in the dispatch that started it last; 0 before the first. */
  readonly tries: number;
  /** When the step's first try of all began, and its last: what bounds where to look for a lost call. */
  readonly firstStartedAt: string | null;
  readonly startedAt: string | null;
  /** End of the lease under which the last try was begun: no later than this was it still being sent. */
  readonly sentUntil: string | null;
  /** When the outcome of the last try was recorded, or settled. */
  readonly endedAt: string | null;
  readonly retryAt: string | null;
  readonly result: JsonObject | null;
  /** Its answer was lost, and it was found done. */
  readonly reconciled: boolean;
  /** Of the last try, where it did not succeed. */
  readonly error: string | null;
  readonly settled: Settled | null;
}

export interface Settled {
  readonly by: PersonId;
  readonly at: string;
  readonly outcome: 'succeeded' | 'failed';
  readonly note: string;
}

/** The dispatch under way, or the last one. */
export interface DispatchRun {
  /** 1 for the first. */
  readonly dispatch: number;
  readonly by: PersonId;
  readonly startedAt: string;
  /** Whoever holds, or held, the lease, and its end. */
  readonly instance: string;
  readonly until: string;
}

export interface DispatchFailure {
  readonly at: string;
  readonly step: number;
  readonly error: string;
  readonly outcomeUnknown: boolean;
}

/**
 * - `idle`: no dispatch has begun.
 * - `running`: one is under way, or its instance died and another will go on.
 * - `failed`: the last one ended at a step.
 * - `done`: every step has succeeded.
 * - `lapsed`: the approval was not used in time; none can begin any more.
 */
export type DispatchPhase = 'idle' | 'running' | 'failed' | 'done' | 'lapsed';

/** How the plan of a request stands. */
export interface Dispatch {
  /** Of the plan with the parameters as they stand: follows every edit. */
  readonly planHash: Hash;
  /** The one that was approved; null until then. */
  readonly approvedPlanHash: Hash | null;
  readonly phase: DispatchPhase;
  /** One for each step of the plan, in order. */
  readonly steps: readonly StepState[];
  readonly run: DispatchRun | null;
  /** Why the last dispatch failed; null while one is under way, and once all is done. */
  readonly failure: DispatchFailure | null;
  /** When every step had succeeded. */
  readonly dispatchedAt: string | null;
}
