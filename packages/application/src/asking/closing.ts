import {
  callbackFault,
  callbackTo,
  closingFor,
  type PlanChecks,
  type PlanStep,
  type Policy,
  type Refusal,
  refusal,
} from '@countersign/domain';
import type { Ask } from './types.ts';

/**
 * Why nobody could be told of the decision in the way that is asked for: the policy does not allow it, or the connector
 * that would make the call does not take it. Better said now than when somebody waits for it.
 */
export function closingRefusal(
  { callbackUrl, closing }: Pick<Ask, 'callbackUrl' | 'closing'>,
  policy: Policy,
  checks: PlanChecks | undefined,
): Refusal | null {
  return (
    (callbackUrl === undefined ? null : callbackRefusal(policy, callbackUrl, checks)) ??
    (closing === undefined ? null : stepRefusal(closing, checks))
  );
}

function callbackRefusal(policy: Policy, url: string, checks: PlanChecks | undefined): Refusal | null {
  const [unfit] = checks?.faults(callbackTo(url, {})) ?? [];
  const fault = callbackFault(policy, url) ?? unfit?.detail;
  if (fault === undefined) return null;
  return refusal('callback_not_allowed', `callbackUrl ${fault}`, {
    errors: [{ pointer: '/callbackUrl', detail: fault }],
  });
}

/** A step that is whole but for the decision, which is tried out on it. */
function stepRefusal(step: PlanStep, checks: PlanChecks | undefined): Refusal | null {
  const faults = checks?.faults(closingFor(step, 'approved', 'Approved.')) ?? [];
  if (faults.length === 0) return null;
  const errors = faults.map(({ pointer, detail }) => ({ pointer: `/closing/input${pointer}`, detail }));
  return refusal('plan_invalid', 'the decision could not be told in the way that is asked for', { errors });
}
