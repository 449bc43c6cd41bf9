import type {
  ApprovalEvent,
  DispatchEvent,
  DispatchEventOf,
  DispatchFailure,
  DispatchRun,
  Hash,
  Plan,
  StepState,
} from '@countersign/domain';

/** Of a step, what differs from one that nobody has touched. */
export type KeptStep = { -readonly [K in keyof StepState]?: StepState[K] | undefined };

/**
 * What a row keeps of its plan, beside the rules it shares with others: the domain's `Dispatch` in few bytes. Changed
 * in place; follows the domain's `evolve` step by step, and a property test holds the two together.
 */
export interface KeptPlan {
  readonly notBefore?: string;
  /** Null after an edit: only whoever fills the plan in again can tell. */
  planHash: Hash | null;
  approvedPlanHash: Hash | null;
  run: DispatchRun | null;
  failure: DispatchFailure | null;
  dispatchedAt: string | null;
  /** By the step's index; only of steps that were started. */
  steps: Record<number, KeptStep>;
}

export function keepPlan({ planHash, notBefore }: Plan): KeptPlan {
  return {
    ...(notBefore !== undefined && { notBefore }),
    planHash,
    approvedPlanHash: null,
    run: null,
    failure: null,
    dispatchedAt: null,
    steps: {},
  };
}

/** One more event of the request. */
export function continuePlan(plan: KeptPlan, event: ApprovalEvent): void {
  switch (event.type) {
    case 'ParametersOverridden':
      plan.planHash = null;
      plan.steps = {};
      return;
    case 'RequestApproved':
      plan.approvedPlanHash = event.data.planHash ?? null;
      return;
    case 'DispatchStarted':
      begin(plan, event.data);
      return;
    case 'DispatchResumed': {
      const { instance, until } = event.data;
      if (plan.run) plan.run = { ...plan.run, instance, until };
      return;
    }
    case 'StepStarted':
    case 'StepSucceeded':
    case 'StepFailed':
    case 'StepOutcomeUnknown':
      plan.steps[event.data.step] = stepAfter(plan.steps[event.data.step] ?? {}, event);
      if (plan.run && 'until' in event.data && event.data.until !== undefined)
        plan.run = { ...plan.run, until: event.data.until };
      return;
    case 'StepSettled':
      settle(plan, event.data);
      return;
    case 'Dispatched':
      plan.failure = null;
      plan.dispatchedAt = event.data.at;
      return;
    case 'DispatchFailed': {
      const { at, step, error, outcomeUnknown } = event.data;
      plan.failure = { at, step, error, outcomeUnknown };
    }
  }
}

function begin(plan: KeptPlan, data: DispatchEventOf<'DispatchStarted'>['data']): void {
  const { dispatch, by, at: startedAt, instance, until } = data;
  plan.run = { dispatch, by: by.sub, startedAt, instance, until };
  plan.failure = null;
  for (const step of Object.values(plan.steps)) {
    if (step.status === 'succeeded') continue;
    step.status = undefined;
    step.tries = undefined;
    step.retryAt = undefined;
  }
}

type StepEvent = Extract<
  DispatchEvent,
  { type: 'StepStarted' | 'StepSucceeded' | 'StepFailed' | 'StepOutcomeUnknown' }
>;

function stepAfter(step: KeptStep, event: StepEvent): KeptStep {
  const { at } = event.data;
  switch (event.type) {
    case 'StepStarted': {
      const { try: tries, until: sentUntil } = event.data;
      return {
        status: 'started',
        tries,
        firstStartedAt: step.firstStartedAt ?? at,
        startedAt: at,
        sentUntil,
      };
    }
    case 'StepSucceeded': {
      const { result, reconciled } = event.data;
      return {
        ...step,
        status: 'succeeded',
        endedAt: at,
        result: result as NonNullable<StepState['result']>,
        reconciled: reconciled || undefined,
        error: undefined,
      };
    }
    case 'StepFailed': {
      const { error, retryAt } = event.data;
      return { ...step, status: retryAt === undefined ? 'failed' : 'retrying', endedAt: at, error, retryAt };
    }
    case 'StepOutcomeUnknown':
      return { ...step, status: 'unknown', endedAt: at, error: event.data.error };
  }
}

function settle(plan: KeptPlan, data: DispatchEventOf<'StepSettled'>['data']): void {
  const { at, by, step: index, outcome, note } = data;
  const { error, ...step } = plan.steps[index] ?? {};
  plan.steps[index] = {
    ...step,
    ...(outcome === 'failed' && { error }),
    status: outcome,
    endedAt: at,
    settled: { by: by.sub, at, outcome, note },
  };
  if (plan.failure) plan.failure = { ...plan.failure, outcomeUnknown: false };
}
