import type { Json, JsonObject } from '../canonical/json.ts';

/** One step of a plan as a connector is asked to carry it out. */
export interface ConnectorCall {
  readonly operation: string;
  readonly input: JsonObject;
  /** The same for every try of this step, and of no other step: what the outside world can know the call by again. */
  readonly idempotencyKey: string;
  /** Ends the call when its time is over. */
  readonly signal: AbortSignal;
}

/** A call whose outcome was lost. It was sent, if at all, between the two times, which bound where to look for it. */
export interface LostCall extends ConnectorCall {
  /** RFC 3339: when the step's first try began. */
  readonly sentFrom: string;
  /** RFC 3339: when its last try was over, or the lease of the one who made it. Until shortly after, it may still arrive. */
  readonly sentUntil: string;
}

/** What a call came to. Never thrown: an exception of a connector counts as `unknown`. */
export type CallOutcome =
  /** Carried out. `result` goes on the record for good: URLs and ids, no secrets. */
  | { readonly outcome: 'succeeded'; readonly result: JsonObject }
  /** Certainly not carried out. Transient ones are tried again, not before `retryAfterMs`. */
  | {
      readonly outcome: 'failed';
      readonly error: string;
      readonly transient: boolean;
      readonly retryAfterMs?: number;
    }
  /** It may have been carried out: nothing is sent again before `reconcile` has told. */
  | { readonly outcome: 'unknown'; readonly error: string };

/** What the outside world knows of a call whose outcome was lost. Never thrown either. */
export type Reconciled =
  | { readonly found: 'done'; readonly result: JsonObject }
  /** Certainly not there, nor on its way any more. */
  | { readonly found: 'not_done' }
  /** Nobody could be asked, or it is too early to say `not_done`: ask again, not before `retryAfterMs`. */
  | { readonly found: 'ask_again'; readonly why: string; readonly retryAfterMs?: number }
  /** It can't tell: a person must. */
  | { readonly found: 'cannot_tell'; readonly why: string };

export interface InputFault {
  /** JSON Pointer into the input. */
  readonly pointer: string;
  readonly detail: string;
}

export interface ConnectorHealth {
  /** `unconfigured`: it has no credentials, and would refuse every call. */
  readonly status: 'ok' | 'error' | 'unconfigured';
  readonly detail?: string;
}

/** The way to one outside system. Given to the dispatcher as a value; holds its own credentials and tells nobody. */
export interface Connector {
  readonly name: string;
  readonly operations: readonly string[];
  /**
   * Pure. An operation it doesn't have is a fault at the pointer ''.
   * @param templates values that are still `{{payload.x}}` are let through
   */
  validate(operation: string, input: JsonObject, templates?: boolean): readonly InputFault[];
  /** What `execute` would do, in words and as data, without doing it; no secrets. Sends nothing that changes anything. */
  dryRun(call: ConnectorCall): Promise<{ readonly summary: string; readonly details: Json }>;
  execute(call: ConnectorCall): Promise<CallOutcome>;
  reconcile(call: LostCall): Promise<Reconciled>;
  health(signal: AbortSignal): Promise<ConnectorHealth>;
}
