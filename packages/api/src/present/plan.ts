import {
  type Dispatch,
  type JsonObject,
  type Plan,
  type PlanStep,
  planFor,
  type StepState,
  stepKey,
} from '@countersign/domain';
import type { z } from 'zod';
import type { DispatchResultSchema, PlanStepSchema, StepResultSchema } from './plan-schema.ts';

/** What views and streams alike know of a request that has a plan. */
export interface Planned {
  readonly requestId: string;
  readonly plan: Pick<Plan, 'steps' | 'mode' | 'validForSec' | 'notBefore'>;
  readonly dispatch: Dispatch;
  /** As `openedParams` gives them. */
  readonly params: JsonObject;
}

type DispatchResult = z.infer<typeof DispatchResultSchema>;
type StepResult = z.infer<typeof StepResultSchema>;

/** The steps with everything filled in that may be read here. */
export function planOf({ plan, params }: Pick<Planned, 'plan' | 'params'>): z.infer<typeof PlanStepSchema>[] {
  return [...planFor(plan.steps as readonly PlanStep[] | undefined, params).steps];
}

/** How every step stands, in the plan's order. */
export function stepsOf(planned: Planned): StepResult[] {
  const { requestId, dispatch } = planned;
  const plan = planOf(planned);
  return dispatch.steps.map((state, step) => {
    const { connector = '', operation = '' } = plan[step] ?? {};
    const idempotencyKey = stepKey(requestId, dispatch.planHash, step);
    return { step, connector, operation, idempotencyKey, ...told(state) };
  });
}

function told({ sentUntil: _sentUntil, firstStartedAt: _first, ...state }: StepState) {
  return state satisfies Partial<StepResult>;
}

/** The dispatch under way, or the last one; null before the first. */
export function dispatchResultOf(planned: Planned): DispatchResult | null {
  const { phase, run, failure, dispatchedAt, planHash } = planned.dispatch;
  if (!run || phase === 'idle' || phase === 'lapsed') return null;
  return {
    dryRun: false,
    success: phase === 'done',
    status: STATUS_OF[phase],
    dispatch: run.dispatch,
    planHash,
    by: run.by,
    startedAt: run.startedAt,
    completedAt: phase === 'running' ? null : (dispatchedAt ?? failure?.at ?? null),
    failure: failure && { step: failure.step, error: failure.error, outcomeUnknown: failure.outcomeUnknown },
    steps: stepsOf(planned),
  };
}

const STATUS_OF = { running: 'dispatching', failed: 'dispatch_failed', done: 'dispatched' } as const;

/** What the gate's fields say of a request's plan. */
export function gatePlanFields(planned: Planned | null) {
  const result = planned && dispatchResultOf(planned);
  return {
    plan: planned && planOf(planned),
    plan_hash: planned?.dispatch.planHash ?? null,
    dispatched_at: planned?.dispatch.dispatchedAt ?? null,
    dispatch_result_json: result && JSON.stringify(result),
  };
}
