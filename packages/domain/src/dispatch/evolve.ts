import type { ApprovalEventOf } from '../approval/events.ts';
import type { Hash } from '../canonical/hash.ts';
import type { JsonObject } from '../canonical/json.ts';
import { currentPlan, planHashOf } from './current-plan.ts';
import type { DispatchEvent, DispatchEventOf } from './events.ts';
import type { Dispatch, StepState } from './state.ts';

type Requested = ApprovalEventOf<'ApprovalRequested'>['data'];

const UNTOUCHED: StepState = {
  status: 'waiting',
  tries: 0,
  firstStartedAt: null,
  startedAt: null,
  sentUntil: null,
  endedAt: null,
  retryAt: null,
  result: null,
  reconciled: false,
  error: null,
  settled: null,
};

/** How the plan of a new request stands; null where it has none. */
export function beginPlan(request: Requested): Dispatch | null {
  const { dispatch: plan, params } = request;
  if (!plan) return null;
  const count = plan.steps?.length ?? currentPlan(request, params).steps.length;
  return {
    planHash: plan.planHash,
    approvedPlanHash: null,
    phase: 'idle',
    steps: Array<StepState>(count).fill(UNTOUCHED),
    run: null,
    failure: null,
    dispatchedAt: null,
  };
}

/** The plan after an edit of the parameters. */
export function replan(dispatch: Dispatch | null, request: Requested, params: JsonObject): Dispatch | null {
  if (!dispatch) return null;
  const { steps } = currentPlan(request, params);
  return {
    ...dispatch,
    planHash: planHashOf(steps, params),
    steps: Array<StepState>(steps.length).fill(UNTOUCHED),
  };
}

export function approvePlan(dispatch: Dispatch | null, planHash: Hash | undefined): Dispatch | null {
  return dispatch && { ...dispatch, approvedPlanHash: planHash ?? null };
}

/** One more event of a dispatch. Total, as all of `evolve` is. */
export function evolveDispatch(dispatch: Dispatch, event: DispatchEvent): Dispatch {
  switch (event.type) {
    case 'DispatchStarted':
      return started(dispatch, event.data);
    case 'DispatchResumed': {
      const { instance, until } = event.data;
      return dispatch.run ? { ...dispatch, run: { ...dispatch.run, instance, until } } : dispatch;
    }
    case 'StepStarted':
    case 'StepSucceeded':
    case 'StepFailed':
    case 'StepOutcomeUnknown':
      return extended(
        withStep(dispatch, event.data.step, (step) => stepAfter(step, event)),
        event,
      );
    case 'StepSettled':
      return settled(dispatch, event.data);
    case 'Dispatched':
      return { ...dispatch, phase: 'done', failure: null, dispatchedAt: event.data.at };
    case 'DispatchFailed': {
      const { at, step, error, outcomeUnknown } = event.data;
      return { ...dispatch, phase: 'failed', failure: { at, step, error, outcomeUnknown } };
    }
    case 'ApprovalLapsed':
      return { ...dispatch, phase: 'lapsed' };
  }
}

function started(dispatch: Dispatch, data: DispatchEventOf<'DispatchStarted'>['data']): Dispatch {
  const { dispatch: number, by, at, instance, until } = data;
  return {
    ...dispatch,
    phase: 'running',
    run: { dispatch: number, by: by.sub, startedAt: at, instance, until },
    failure: null,
    steps: dispatch.steps.map((step) =>
      step.status === 'succeeded' ? step : { ...step, status: 'waiting', tries: 0, retryAt: null },
    ),
  };
}

type StepEvent = DispatchEventOf<'StepStarted' | 'StepSucceeded' | 'StepFailed' | 'StepOutcomeUnknown'>;

function stepAfter(step: StepState, event: StepEvent): StepState {
  const { at } = event.data;
  switch (event.type) {
    case 'StepStarted':
      return {
        ...UNTOUCHED,
        status: 'started',
        tries: event.data.try,
        firstStartedAt: step.firstStartedAt ?? at,
        startedAt: at,
        sentUntil: event.data.until,
      };
    case 'StepSucceeded': {
      const { result, reconciled } = event.data;
      return {
        ...step,
        status: 'succeeded',
        endedAt: at,
        result: result as JsonObject,
        reconciled,
        error: null,
      };
    }
    case 'StepFailed': {
      const { error, retryAt } = event.data;
      const status = retryAt === undefined ? 'failed' : 'retrying';
      return { ...step, status, endedAt: at, error, retryAt: retryAt ?? null };
    }
    case 'StepOutcomeUnknown':
      return { ...step, status: 'unknown', endedAt: at, error: event.data.error };
  }
}

/** Some events of steps move the lease's end. */
function extended(dispatch: Dispatch, { data }: StepEvent): Dispatch {
  if (!dispatch.run || !('until' in data) || data.until === undefined) return dispatch;
  return { ...dispatch, run: { ...dispatch.run, until: data.until } };
}

function settled(dispatch: Dispatch, data: DispatchEventOf<'StepSettled'>['data']): Dispatch {
  const { at, by, step: index, outcome, note } = data;
  const after = withStep(dispatch, index, (step) => ({
    ...step,
    status: outcome,
    endedAt: at,
    settled: { by: by.sub, at, outcome, note },
    error: outcome === 'succeeded' ? null : step.error,
  }));
  return { ...after, failure: after.failure && { ...after.failure, outcomeUnknown: false } };
}

function withStep(dispatch: Dispatch, index: number, change: (step: StepState) => StepState): Dispatch {
  const step = dispatch.steps[index];
  return step ? { ...dispatch, steps: dispatch.steps.with(index, change(step)) } : dispatch;
}
