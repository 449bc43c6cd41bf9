import type { Clock, Closings, Ledger, PolicyRegister } from '@countersign/application';
import type { ClosingName, Connector } from '@countersign/domain';
import type { Projections } from '@countersign/projections';

/**
 * Tells whoever waits outside that a request is decided. It decides nothing: what is to be called stands in the request,
 * and each try is claimed on the ledger, so that several instances need no leader, and whatever one of them leaves
 * unfinished another finishes.
 */
export interface ClosingCaller {
  /** Looks at the clock now; for a clock that a test moves. */
  wake(): void;
  /** Begins no further call. Those under way are given their time, then left to the lease. */
  stop(): Promise<void>;
}

export interface ClosingCallerOptions {
  readonly ledger: Pick<Ledger, 'load'>;
  readonly closings: Pick<Closings, 'claim' | 'record'>;
  /** Says where callbacks may go, anew before each try. */
  readonly policies: Pick<PolicyRegister, 'inForce'>;
  readonly connectors: readonly Connector[];
  readonly projections: Pick<Projections, 'closings' | 'onAdvanced'>;
  readonly clock: Clock;
  /** One id for each start of a process. */
  readonly instance: string;
  readonly limits: ClosingLimits;
  readonly signals?: ClosingSignals;
}

/** Times are in milliseconds. */
export interface ClosingLimits {
  /** How long a claim keeps others away: at least three times `callTimeoutMs`, for a question, a call and clocks that differ. */
  readonly leaseMs: number;
  readonly callTimeoutMs: number;
  /** Calls under way at the same time. */
  readonly maxConcurrent: number;
  /** Of these, to one host or connector: one that never answers does not keep the others waiting. */
  readonly maxPerReceiver: number;
  /** Pauses after the first try, the second and so on; after the last one it is given up. Default `CLOSING_RETRY_MS`. */
  readonly retryMs?: readonly number[];
  /** Nobody is told for the first time of what was decided longer ago; default seven days. */
  readonly maxAgeMs?: number;
}

/** What came of a try. */
export interface ClosingCalled {
  readonly requestId: string;
  readonly call: ClosingName;
  readonly connector: string;
  readonly operation: string;
  /** `failed`: it is tried again at `retryAt`. */
  readonly outcome: 'succeeded' | 'failed' | 'given_up';
  /** 1 for the first. */
  readonly try: number;
  readonly seconds: number;
  /** RFC 3339. */
  readonly retryAt?: string;
  readonly error?: string;
}

/** What this instance did. Handlers must be quick and must not throw. */
export interface ClosingSignals {
  /** The outcome of a try is on the record. */
  called?(called: ClosingCalled): void;
  /** Something that went wrong and that nobody waits for. */
  broken?(broken: { readonly what: string; readonly error: unknown }): void;
}
