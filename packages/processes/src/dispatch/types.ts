import type { Answer, Clock, Context, Ledger } from '@countersign/application';
import type {
  Connector,
  ConnectorHealth,
  Hash,
  InputFault,
  Json,
  PlanStep,
  Refusal,
} from '@countersign/domain';
import type { Projections } from '@countersign/projections';

/**
 * Carries out what was approved. It decides nothing: every claim and every step is a command that the ledger judges,
 * so that several instances need no leader, and whatever one of them leaves unfinished another finishes.
 */
export interface Dispatcher {
  /**
   * Claims a request's plan for this instance and carries it out, from its first step that has not succeeded.
   * @returns the ledger's answer: a refusal as it is, otherwise the request as it stands when the dispatch has ended
   *   or `waitMs` are over, whichever is first; it goes on all the same
   * @throws LedgerUnavailable, also once this instance is stopping
   */
  dispatch(requestId: string, context: Context, options?: DispatchCallOptions): Promise<Answer>;
  /**
   * What carrying out would do, step by step. Records nothing and asks nobody: who may see it is the caller's to judge.
   * @param of a request's id, or filled-in steps
   * @returns null when there is no such request, or it has no plan
   * @throws LedgerUnavailable
   */
  dryRun(of: string | readonly PlanStep[]): Promise<DryRun | null>;
  /** Begins to look for what has to be dispatched on approval, and for what others left unfinished. */
  start(): void;
  /** Looks at the clock now; for a clock that a test moves. */
  wake(): void;
  /** Begins nothing more. Calls under way are given their time, then left to the lease. */
  stop(): Promise<void>;
  /** Of the connectors; asked for at most every 30 s, and never long. */
  health(): Promise<DispatcherHealth>;
}

export interface DispatchCallOptions {
  /** How long to wait for the end, in milliseconds; default the limit of that name. */
  readonly waitMs?: number | undefined;
  /** The plan the caller was shown. */
  readonly planHash?: Hash | undefined;
}

export interface DispatcherOptions {
  readonly ledger: Pick<Ledger, 'execute' | 'tick' | 'load' | 'openPlan'>;
  readonly connectors: readonly Connector[];
  readonly projections: Pick<Projections, 'deadlines' | 'onAdvanced'>;
  readonly clock: Clock;
  /** One id for each start of a process. */
  readonly instance: string;
  readonly limits: DispatchLimits;
  readonly signals?: DispatchSignals;
}

/** Times are in milliseconds. */
export interface DispatchLimits {
  /** How long a claim is good without a further word: at least twice `callTimeoutMs`, which leaves room for clocks that differ. */
  readonly leaseMs: number;
  readonly callTimeoutMs: number;
  /** Of one step in one dispatch, the first included. */
  readonly maxTries: number;
  /** Pause after the first failure; doubled with each further one, up to `maxRetryMs`. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
  /** Dispatches carried out at the same time. */
  readonly maxConcurrent: number;
  /** How long whoever dispatches waits for the end, unless they say otherwise. */
  readonly waitMs: number;
  /** How long an outside system is asked what became of a lost call before a person has to; default one hour. */
  readonly askMs?: number;
}

/** What leads from one signal to everything else of the same work. */
export interface DispatchWork {
  readonly requestId: string;
  /** 1 for the request's first dispatch. */
  readonly dispatch: number;
  readonly correlationId: string;
}

export interface StepDone {
  readonly connector: string;
  readonly operation: string;
  /** From the beginning of the try to when its outcome was known. */
  readonly seconds: number;
}

/** What this instance did. Handlers must be quick and must not throw. */
export interface DispatchSignals {
  /** This instance was the one that began the dispatch. */
  claimed?(work: DispatchWork): void;
  /** Somebody else was first. */
  conflict?(lost: {
    readonly requestId: string;
    readonly refusal: Refusal;
    readonly correlationId: string;
  }): void;
  /** @param work `resumed`: another one had begun it */
  started?(work: DispatchWork & { readonly resumed: boolean }): void;
  completed?(work: DispatchWork): void;
  failed?(
    work: DispatchWork & {
      readonly step: number;
      readonly error: string;
      readonly outcomeUnknown: boolean;
    },
  ): void;
  stepSucceeded?(done: StepDone & { readonly reconciled: boolean }): void;
  /** One try; `again`: the same dispatch makes another. */
  stepFailed?(done: StepDone & { readonly again: boolean }): void;
  /** Something that went wrong and that nobody waits for. */
  broken?(broken: { readonly what: string; readonly error: unknown }): void;
}

export interface DryRun {
  /** Absent for steps that are not a request's. */
  readonly planHash?: Hash;
  readonly steps: readonly DryRunStep[];
}

export interface DryRunStep {
  readonly connector: string;
  readonly operation: string;
  /** It has succeeded, and would not be carried out again. */
  readonly isDone: boolean;
  /** Why it could not be carried out. */
  readonly faults: readonly InputFault[];
  /** What it would do; null where there are faults. Personal values are masked. */
  readonly summary: string | null;
  readonly details: Json;
}

export interface DispatcherHealth {
  /** `degraded`: one of those that are configured is in trouble. */
  readonly status: 'ok' | 'degraded';
  readonly detail?: string;
  readonly connectors: Readonly<Record<string, ConnectorHealth>>;
}
