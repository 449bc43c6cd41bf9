import {
  type ActionRule,
  checkPlan,
  type JsonObject,
  type Plan,
  type PlanChecks,
  type PlanFault,
  type PlanStep,
  parseInstant,
  placeOf,
  planFor,
  planHashOf,
  type Refusal,
  refusal,
} from '@countersign/domain';
import type { Ask } from './types.ts';

/** The plan that an ask leads to, with the caller's values as they came, and what is wrong with it. */
export interface AskedPlan {
  readonly steps: readonly PlanStep[];
  /** RFC 3339, UTC, milliseconds. */
  readonly notBefore: string | undefined;
  /** JSON Pointers: `/params/…`, `/plan/<step>/input/…` for what the policy says itself, `/notBefore`. */
  readonly faults: readonly { readonly pointer: string; readonly detail: string }[];
}

/** @returns null where the action has no plan, and none of it was asked for */
export function planAsked(
  ask: Ask,
  rule: ActionRule,
  now: string,
  checks: PlanChecks | undefined,
): AskedPlan | null {
  if (!rule.plan && !rule.callerPlan) {
    if (ask.notBefore === undefined) return null;
    const detail = 'this action has no plan that could be carried out later';
    return { steps: [], notBefore: undefined, faults: [{ pointer: '/notBefore', detail }] };
  }
  const { steps, faults } = planFor(rule.plan, ask.params);
  const unfit: readonly PlanFault[] = faults.length > 0 || !checks ? faults : checkPlan(steps, checks);
  const at = { params: '/params', steps: rule.plan ? '/plan' : '/params/steps' };
  const time = timeFor(ask.notBefore, rule, now);
  return {
    steps,
    notBefore: time.notBefore,
    faults: [...unfit.map((fault) => placeOf(fault, at)), ...time.faults],
  };
}

export function planRefusal({ faults }: AskedPlan): Refusal | null {
  if (faults.length === 0) return null;
  return refusal('plan_invalid', 'the plan could not be carried out as it was asked for', { errors: faults });
}

/**
 * The plan as the request's first event keeps it. Refused where the policy seals so much of the caller's own steps that
 * nobody could tell what would be carried out.
 * @param params as the ledger holds them
 */
export function planKept(rule: ActionRule, { notBefore }: AskedPlan, params: JsonObject): Plan | Refusal {
  const { plan, dispatch: mode, validForSec } = rule;
  const { steps } = planFor(plan, params);
  if (steps.length === 0) {
    const detail = 'the policy seals more than single values of the inputs of these steps';
    return refusal('plan_invalid', detail, { errors: [{ pointer: '/params/steps', detail }] });
  }
  return {
    ...(plan && { steps: plan as NonNullable<Plan['steps']> }),
    planHash: planHashOf(steps, params),
    mode,
    ...(validForSec !== undefined && { validForSec }),
    ...(notBefore !== undefined && { notBefore }),
  };
}

const MAX_AHEAD_MS = 366 * 86_400_000;

/**
 * When the earliest dispatch is asked for. An approval is good for a time that the policy alone sets: were the start
 * not within it, whoever approves at once would approve for nothing.
 */
function timeFor(
  asked: string | undefined,
  { validForSec }: ActionRule,
  now: string,
): Pick<AskedPlan, 'notBefore' | 'faults'> {
  if (asked === undefined) return { notBefore: undefined, faults: [] };
  const fault = (detail: string) => ({ notBefore: undefined, faults: [{ pointer: '/notBefore', detail }] });
  const notBefore = parseInstant(asked);
  if (notBefore === null) return fault('must be a time as RFC 3339 writes it, such as 2026-01-31T22:00:00Z');
  const lateMs = Date.parse(now) + Math.min(MAX_AHEAD_MS, (validForSec ?? Number.POSITIVE_INFINITY) * 1000);
  if (Date.parse(notBefore) < lateMs) return { notBefore, faults: [] };
  const why = validForSec === undefined ? 'a year ahead at most' : `an approval is good for ${validForSec} s`;
  return fault(`must be before ${new Date(lateMs).toISOString()}: ${why}`);
}
