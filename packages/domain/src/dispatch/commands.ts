import type { ByCaller, ToRequest } from '../approval/commands.ts';
import type { Hash } from '../canonical/hash.ts';
import type { JsonObject } from '../canonical/json.ts';
import type { Actor } from '../principal.ts';

/** What whoever wants to carry a plan out says of themself. */
interface Claim {
  /**
   * One id for each start of a process, in which a request has one run at most: two runs that share an id could not be
   * told apart, and would both be let on.
   */
  readonly instance: string;
  /** How long the claim is good without a further word, in milliseconds. */
  readonly leaseMs: number;
}

/** An admin, or a machine that is one, has the plan carried out; after a failed dispatch, from the failed step on. */
export interface StartDispatch extends ByCaller, Claim {
  readonly type: 'StartDispatch';
  /** The plan the caller was shown. */
  readonly planHash?: Hash;
}

/** An admin says what became of a step whose outcome nobody could tell. */
export interface SettleStep extends ByCaller {
  readonly type: 'SettleStep';
  readonly step: number;
  readonly outcome: 'succeeded' | 'failed';
  readonly note: string;
}

export type DispatchCallerCommand = StartDispatch | SettleStep;

/** Begins what the policy wants dispatched on approval. Writes nothing unless that is due. */
export interface BeginDispatch extends ToRequest, Claim {
  readonly type: 'BeginDispatch';
}

/** Goes on with a dispatch whose lease is over. Writes nothing while it lives, or where none is under way. */
export interface ResumeDispatch extends ToRequest, Claim {
  readonly type: 'ResumeDispatch';
}

/** What an instance tells of a step of the dispatch it holds. Times are RFC 3339, UTC, milliseconds. */
export type StepReport =
  /** About to call the connector; `until` is the lease's new end. */
  | { readonly what: 'started'; readonly step: number; readonly try: number; readonly until: string }
  | {
      readonly what: 'succeeded';
      readonly step: number;
      readonly result: JsonObject;
      readonly reconciled: boolean;
    }
  /** Certainly not carried out. With `retryAt` this dispatch tries again, and the lease lasts at least until `until`. */
  | {
      readonly what: 'failed';
      readonly step: number;
      readonly try: number;
      readonly error: string;
      readonly transient: boolean;
      readonly retry?: { readonly at: string; readonly until: string };
    }
  | { readonly what: 'unknown'; readonly step: number; readonly error: string };

/**
 * Records what happened to a step, and what follows from it at once: the end of the dispatch. What is recorded already
 * writes nothing. Refused (`lease_lost`) to whoever does not hold the dispatch, and for what can't come next: they must
 * send nothing more.
 */
export interface RecordStep extends ToRequest {
  readonly type: 'RecordStep';
  readonly instance: string;
  readonly dispatch: number;
  readonly report: StepReport;
}

/** The clock's: an approval that was not used in time is good no longer. */
export interface LapseApproval extends ToRequest {
  readonly type: 'LapseApproval';
}

export type DispatchSystemCommand = BeginDispatch | ResumeDispatch | RecordStep | LapseApproval;
export type DispatchCommand = DispatchCallerCommand | DispatchSystemCommand;

/** Whatever carries plans out, as events name it. */
export const DISPATCHER: Actor = { sub: 'dispatcher', kind: 'system', via: 'system' };
