import { canonicalJson, type Json, type JsonObject } from '../canonical/json.ts';
import { childOf, parsePointer } from '../canonical/pointer.ts';
import { checkPlan } from '../dispatch/checks.ts';
import { currentPlan } from '../dispatch/current-plan.ts';
import { type PlanFault, placeOf } from '../dispatch/render.ts';
import { type ParamsFault, paramsFaults } from '../policy/params-schema.ts';
import { findReservedKeys, holdsSealed, paramsHashOf } from '../policy/sealing.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { actorOf, type Decide } from './commands.ts';
import type { ApprovalEvent } from './events.ts';
import type { OverrideRules } from './slate.ts';
import type { Approval } from './state.ts';

/** An approver's edit of the parameters: the event it makes, why it is refused, or null where nothing changes. */
export function planOverride(
  command: Decide,
  state: Approval,
): { event: ApprovalEvent } | { refusal: Refusal } | null {
  const { overrides, overrideLimits: limits } = command;
  if (!overrides || Object.keys(overrides).length === 0) return null;
  const rules = state.request.slate.overrides;
  if (!rules)
    return { refusal: refusal('overrides_not_allowed', 'the policy allows no edits of this action') };
  const broken =
    reservedMember(overrides) ??
    brokenLimit(overrides, limits) ??
    forbiddenKey(overrides, rules) ??
    schemaMismatch(overrides, rules, state);
  if (broken) return { refusal: broken };

  const diff = Object.entries(overrides)
    .filter(
      ([key, to]) =>
        !Object.hasOwn(state.params, key) || canonicalJson(to) !== canonicalJson(state.params[key]),
    )
    .map(([key, to]) => ({
      key,
      to,
      ...(Object.hasOwn(state.params, key) && { from: state.params[key] as Json }),
    }));
  if (diff.length === 0) return null;
  const params = { ...state.params, ...overrides };
  const unfit = unfitPlan(command, state, params);
  if (unfit) return { refusal: unfit };
  return {
    event: {
      type: 'ParametersOverridden',
      data: {
        at: command.now,
        by: actorOf(command.caller),
        planRevision: state.planRevision + 1,
        params,
        paramsHash: paramsHashOf(params),
        diff,
        material: diff.some(({ key }) => !rules.nonMaterial.includes(key)),
      },
    },
  };
}

/** An edit must not be able to pass for a sealed value. */
function reservedMember(overrides: JsonObject): Refusal | null {
  const errors = findReservedKeys(overrides).map((pointer) => ({
    pointer: `/overrides${pointer}`,
    detail: 'this name stands for sealed values',
  }));
  if (errors.length === 0) return null;
  return refusal('reserved_member', 'parameters may have no members named $hmac or $sealed', { errors });
}

function brokenLimit(overrides: JsonObject, { maxKeys, maxChars }: Decide['overrideLimits']): Refusal | null {
  const keys = Object.keys(overrides).length;
  if (keys > maxKeys) {
    return refusal('override_limit_exceeded', `${keys} parameters edited, at most ${maxKeys} may be`, {
      facts: { maxKeys },
    });
  }
  const chars = canonicalJson(overrides).length;
  if (chars > maxChars) {
    return refusal(
      'override_diff_size_exceeded',
      `the edit has ${chars} characters, at most ${maxChars} are allowed`,
      {
        facts: { maxChars },
      },
    );
  }
  return null;
}

function forbiddenKey(overrides: JsonObject, { keys }: OverrideRules): Refusal | null {
  const forbidden = Object.keys(overrides).filter((key) => !keys.includes(key));
  if (forbidden.length === 0) return null;
  return refusal(
    'override_key_forbidden',
    `may not be edited: ${forbidden.join(', ')}; allowed: ${keys.join(', ')}`,
    {
      facts: { allowed: keys },
      errors: forbidden.map((key) => ({
        pointer: childOf('/overrides', key),
        detail: 'not among the keys that may be edited',
      })),
    },
  );
}

/**
 * What the edit touches is judged, and what it breaks elsewhere. What was at odds with the schema before is not the
 * editor's: sealed values no longer look like what the schema describes.
 */
function schemaMismatch(overrides: JsonObject, { schema }: OverrideRules, state: Approval): Refusal | null {
  if (!schema) return null;
  const faults = paramsFaults(schema, { ...state.params, ...overrides });
  if (faults.length === 0) return null;
  const before = new Set(paramsFaults(schema, { ...state.params }).map(textOf));
  const errors = faults.filter((fault) => {
    const [key] = parsePointer(fault.pointer) ?? [];
    return (key !== undefined && Object.hasOwn(overrides, key)) || !before.has(textOf(fault));
  });
  if (errors.length === 0) return null;
  return refusal('override_schema_validation', 'the edited parameters do not fit the schema of the action', {
    errors: errors.map(({ pointer, detail }) => ({ pointer: `/overrides${pointer}`, detail })),
  });
}

/** What is approved is dispatched: an edit that leaves no plan which could be, where there was one, is refused. */
function unfitPlan(
  command: Decide,
  { request, params: before }: Approval,
  after: JsonObject,
): Refusal | null {
  const { dispatch } = request;
  if (!dispatch) return null;
  const at = { params: '/overrides', steps: dispatch.steps ? '/plan' : '/overrides/steps' };
  const known = new Set(planFaults(command, request, before).map((fault) => textOf(placeOf(fault, at))));
  const errors = planFaults(command, request, after)
    .map((fault) => placeOf(fault, at))
    .filter((fault) => !known.has(textOf(fault)));
  if (errors.length === 0) return null;
  const detail = 'the edited parameters leave no plan that could be carried out';
  return refusal('override_schema_validation', detail, { errors });
}

function planFaults({ planChecks }: Decide, request: Approval['request'], params: JsonObject): PlanFault[] {
  const { steps, faults } = currentPlan(request, params);
  if (faults.length > 0 || !planChecks) return [...faults];
  return checkPlan(steps, planChecks, { hasSealed: holdsSealed(params) });
}

function textOf({ pointer, detail }: ParamsFault): string {
  return `${pointer} ${detail}`;
}
