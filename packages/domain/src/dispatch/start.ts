import { actorOf } from '../approval/commands.ts';
import type { ApprovalEvent } from '../approval/events.ts';
import { accepted, type Outcome, stopped, UNCHANGED } from '../approval/outcome.ts';
import { firstRefusal, mustBeAdmin } from '../approval/rules.ts';
import { type Approval, isUnused, statusOf, validUntil } from '../approval/state.ts';
import type { Actor } from '../principal.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { type BeginDispatch, DISPATCHER, type StartDispatch } from './commands.ts';
import { lapse } from './lapse.ts';
import type { Dispatch } from './state.ts';

/** An admin has the plan carried out, from its first step that has not succeeded. One of many at once wins. */
export function startDispatch(command: StartDispatch, state: Approval): Outcome {
  const { caller, now } = command;
  const { dispatch } = state;
  const stop = mustBeAdmin(caller) ?? (dispatch ? null : nothingToDispatch());
  if (stop || !dispatch) return stopped(stop ?? nothingToDispatch());
  const late = firstRefusal(
    mustBeApproved(state),
    mustBeFree(dispatch),
    mustBeCertain(dispatch),
    mustBeValid(state, now),
  );
  if (late) return { ...lapse(now, state), refusal: late };
  const other = firstRefusal(mustBeTheApproved(dispatch, command), mustNotBeEarly(state, now));
  return other ? stopped(other) : accepted(claim(command, actorOf(caller), dispatch));
}

/** What the policy wants dispatched on approval begins once, when it is due; after a failure only a person goes on. */
export function beginDispatch(command: BeginDispatch, state: Approval): Outcome {
  const { now } = command;
  const { dispatch } = state;
  if (dispatch?.phase !== 'idle' || mustBeApproved(state)) return UNCHANGED;
  if (isUnused(state, now)) return lapse(now, state);
  const isDue = state.request.dispatch?.mode === 'on-approval' && !mustNotBeEarly(state, now);
  if (!isDue || mustBeTheApproved(dispatch, {})) return UNCHANGED;
  return accepted(claim(command, DISPATCHER, dispatch));
}

function claim(
  { now, instance, leaseMs }: StartDispatch | BeginDispatch,
  by: Actor,
  { planHash, run }: Dispatch,
): ApprovalEvent {
  const dispatch = (run?.dispatch ?? 0) + 1;
  const until = leaseEnd(now, leaseMs);
  return { type: 'DispatchStarted', data: { at: now, by, dispatch, planHash, instance, until } };
}

export function leaseEnd(now: string, leaseMs: number): string {
  return new Date(Date.parse(now) + leaseMs).toISOString();
}

function nothingToDispatch(): Refusal {
  return refusal('nothing_to_dispatch', 'the request has no plan that could be carried out');
}

function mustBeApproved(state: Approval): Refusal | null {
  const { decision, request } = state;
  if (decision?.outcome === 'approved') return null;
  if (decision?.outcome === 'expired') {
    const { expiresAt } = request;
    return refusal('expired', `the request expired at ${expiresAt}`, { facts: { expiresAt } });
  }
  const status = statusOf(state);
  return refusal('not_approved', `only what is approved is carried out; the request is ${status}`, {
    facts: { status },
  });
}

function mustBeFree({ phase, run, dispatchedAt }: Dispatch): Refusal | null {
  if (phase === 'running' && run) {
    const { by, until } = run;
    const detail = `the dispatch that ${by} began is under way; should its instance have died, another goes on after ${until}`;
    return refusal('already_dispatching', detail, { facts: { by, until } });
  }
  if (phase !== 'done') return null;
  return refusal('already_dispatched', `everything was carried out by ${dispatchedAt}`, {
    facts: { at: dispatchedAt },
  });
}

function mustBeCertain({ steps }: Dispatch): Refusal | null {
  const step = steps.findIndex(({ status }) => status === 'unknown');
  if (step === -1) return null;
  return refusal(
    'step_outcome_unknown',
    `nobody can tell whether step ${step} was carried out; find out, and settle it first`,
    { facts: { step } },
  );
}

/** An approval is good for beginning a dispatch, the first or a further one, until its time is over. */
function mustBeValid(state: Approval, now: string): Refusal | null {
  const until = validUntil(state);
  if (until === null || (now < until && state.dispatch?.phase !== 'lapsed')) return null;
  return refusal('expired', `the approval was good until ${until}`, { facts: { validUntil: until } });
}

/** What is dispatched is what was approved, and what the caller looked at. */
function mustBeTheApproved(
  { planHash, approvedPlanHash }: Dispatch,
  { planHash: given = planHash }: Pick<StartDispatch, 'planHash'>,
): Refusal | null {
  if (approvedPlanHash === planHash && given === planHash) return null;
  return refusal('stale_plan', 'this is not the plan that was approved; look at it again', {
    facts: { planHash: approvedPlanHash, given },
  });
}

function mustNotBeEarly({ request }: Approval, now: string): Refusal | null {
  const notBefore = request.dispatch?.notBefore;
  if (notBefore === undefined || now >= notBefore) return null;
  return refusal('too_early', `nothing is to be carried out before ${notBefore}`, { facts: { notBefore } });
}
