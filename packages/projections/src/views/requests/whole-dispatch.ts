import { type Dispatch, type JsonObject, planFor, planHashOf, type StepState } from '@countersign/domain';
import type { KeptPlan } from './kept-plan.ts';
import type { PlanRules } from './plans.ts';
import type { StoredPlan } from './stored.ts';

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

/** How the plan of a row stands, as the domain folds it. @param params JSON text, as the ledger holds them */
export function wholeDispatch(kept: StoredPlan, { steps: templates }: PlanRules, params: string): Dispatch {
  const { phase, planHash, approvedPlanHash, run, failure, dispatchedAt, steps } = kept;
  const filledIn = lazily(() => {
    const parsed = JSON.parse(params) as JsonObject;
    const plan = planFor(templates as Parameters<typeof planFor>[0], parsed).steps;
    return { hash: planHashOf(plan, parsed), count: plan.length };
  });
  const count = templates?.length ?? filledIn().count;
  return {
    planHash: planHash ?? filledIn().hash,
    approvedPlanHash,
    phase,
    steps: Array.from({ length: count }, (_, index) => stepOf(steps[index])),
    run,
    failure,
    dispatchedAt,
  };
}

function stepOf(kept: KeptPlan['steps'][number] | undefined): StepState {
  return { ...UNTOUCHED, ...kept } as StepState;
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
