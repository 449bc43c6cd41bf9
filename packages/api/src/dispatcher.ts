import type { Answer, Context } from '@countersign/application';
import type { ConnectorHealth, Hash, InputFault, Json, PlanStep } from '@countersign/domain';

/** What carries plans out, as far as the API calls it; the value is made elsewhere. */
export interface PlanDispatcher {
  /**
   * Claims a request's plan and carries it out.
   * @returns the refusal, or the request as it stands when the dispatch has ended or `waitMs` are over: it goes on then
   */
  dispatch(
    requestId: string,
    context: Context,
    options?: { readonly waitMs?: number | undefined; readonly planHash?: Hash | undefined },
  ): Promise<Answer>;
  /**
   * What carrying out would do. Records nothing, and judges nobody.
   * @param of a request's id, or filled-in steps
   * @returns null when there is no such request, or it has no plan
   */
  dryRun(of: string | readonly PlanStep[]): Promise<PlanDryRun | null>;
  /** Of the connectors; bounded in time, and asked for as often as one likes. */
  health(): Promise<DispatchHealth>;
}

export interface PlanDryRun {
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
  /** What it would do, in words; null where there are faults. */
  readonly summary: string | null;
  readonly details: Json;
}

export interface DispatchHealth {
  /** `degraded`: a connector that is configured is in trouble. */
  readonly status: 'ok' | 'degraded';
  readonly connectors: Readonly<Record<string, ConnectorHealth>>;
}
