import { z } from 'zod';
import { type Hash, hashOf } from '../canonical/hash.ts';
import type { Json, JsonObject } from '../canonical/json.ts';
import { childOf } from '../canonical/pointer.ts';
import type { PlanStep } from '../policy/policy.ts';
import { holdsSealed, paramsHashOf, withoutCiphertexts } from '../policy/sealing.ts';
import { type Plan, PlanStepSchema } from './plan.ts';
import { type PlanFault, type RenderedPlan, renderPlan } from './render.ts';

/** Most steps a plan may have, whoever brings it. */
export const MAX_STEPS = 50;

const CallerSteps = z.array(PlanStepSchema).min(1).max(MAX_STEPS);

/**
 * The steps of a plan with these parameters.
 * @param templates the policy's steps; undefined for the caller's own, in `params.steps`
 * @param params as the ledger holds them or, `isOpened`, with personal values readable: see `renderPlan`
 */
export function planFor(
  templates: readonly PlanStep[] | undefined,
  params: JsonObject,
  { isOpened = false } = {},
): RenderedPlan {
  if (templates) return renderPlan(templates, params, { isOpened });
  const checked = CallerSteps.safeParse(params.steps);
  if (!checked.success) return { steps: [], faults: checked.error.issues.map(faultOf) };
  const steps = checked.data as PlanStep[];
  return { steps, faults: isOpened ? erasedIn(steps) : [] };
}

function erasedIn(steps: readonly PlanStep[]): PlanFault[] {
  return steps.flatMap(({ input }, step) => {
    if (!holdsSealed(input)) return [];
    return [
      { step, pointer: '', param: `/steps/${step}/input`, detail: 'holds a personal value that was erased' },
    ];
  });
}

/** Caller's steps that have no such shape name no step that could be looked into. */
function faultOf({ path, message }: z.core.$ZodIssue): PlanFault {
  const param = path.reduce<string>((above, token) => childOf(above, String(token)), '/steps');
  return { step: 0, pointer: '', param, detail: message };
}

/** The plan of a request with these parameters; no steps where it has none. */
export function currentPlan(
  { dispatch: plan }: { readonly dispatch?: Plan | undefined },
  params: JsonObject,
  opening: { readonly isOpened?: boolean } = {},
): RenderedPlan {
  if (!plan) return { steps: [], faults: [] };
  return planFor(plan.steps as readonly PlanStep[] | undefined, params, opening);
}

/**
 * Over the parameters' hash and the steps, without ciphertexts: what people approve and what is dispatched. Erasing a
 * key does not change it.
 * @param params as the ledger holds them
 */
export function planHashOf(steps: readonly PlanStep[], params: JsonObject): Hash {
  const bare = withoutCiphertexts(steps as unknown as Json);
  return hashOf({ paramsHash: paramsHashOf(params), steps: bare });
}
