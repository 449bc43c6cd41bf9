import { tenantOf } from '../principal.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { actorOf, type Caller, type InvokeBreakGlass, type ReviewBreakGlass } from './commands.ts';
import { isSuperApprover, slateMembers } from './eligibility.ts';
import type { ApprovalEvent } from './events.ts';
import { accepted, type Outcome, refused, stopped, UNCHANGED } from './outcome.ts';
import {
  firstRefusal,
  isRequester,
  MIN_REASON,
  mustBeDecider,
  mustBeHuman,
  mustBeUndecided,
  tooShort,
} from './rules.ts';
import { type Approval, whatStands } from './state.ts';

/** A super-approver forces the decision: past personas, places and order, but never for their own request. */
export function breakGlass(command: InvokeBreakGlass, state: Approval): Outcome {
  const { caller, now, status, reason } = command;
  const stop = firstRefusal(
    mustBeHuman(caller),
    mustBeDecider(caller),
    mustBeSuperApprover(state, caller),
    mustBeDisinterested(state, caller),
  );
  if (stop) return stopped(stop);
  const by = actorOf(caller);
  if (state.breakGlass?.by === by.sub && state.breakGlass.status === status) return UNCHANGED;
  const late = mustBeUndecided(state);
  if (late) return stopped(late);
  const why = reason.trim();
  if ([...why].length < MIN_REASON) return stopped(tooShort('breaking the glass', '/reason'));
  const { slate, tenant } = state.request;
  const notify = slateMembers(slate).filter((person) => tenantOf(person) === tenant);
  return accepted(
    { type: 'BreakGlassInvoked', data: { at: now, by, status, reason: why, notify } },
    forcedDecision(status, { at: now, by, note: why }, state),
  );
}

type Forced = { at: string; by: ReturnType<typeof actorOf>; note: string };

function forcedDecision(status: InvokeBreakGlass['status'], forced: Forced, state: Approval): ApprovalEvent {
  if (status === 'denied') return { type: 'RequestDenied', data: { ...forced, how: 'break-glass' } };
  return {
    type: 'RequestApproved',
    data: { ...forced, approvers: [forced.by.sub], ...whatStands(state), how: 'break-glass' },
  };
}

/** Another super-approver signs off what was forced. */
export function reviewBreakGlass({ caller, now, note }: ReviewBreakGlass, state: Approval): Outcome {
  const stop = firstRefusal(
    mustBeHuman(caller),
    mustBeDecider(caller),
    mustBeSuperApprover(state, caller),
    mustBeDisinterested(state, caller),
  );
  if (stop) return stopped(stop);
  const { breakGlass: forced } = state;
  if (!forced) return refused('nothing_to_review', 'nobody broke the glass for this request');
  const by = actorOf(caller);
  if (forced.by === by.sub)
    return refused('break_glass_own_review', 'another super-approver has to review this');
  if (forced.review?.by === by.sub) return UNCHANGED;
  if (forced.review) {
    const { by: reviewer, at } = forced.review;
    return refused('already_reviewed', `${reviewer} reviewed this at ${at}`, { facts: { by: reviewer, at } });
  }
  return accepted({ type: 'BreakGlassReviewed', data: { at: now, by, ...(note !== undefined && { note }) } });
}

function mustBeSuperApprover(state: Approval, { principal, authority }: Caller): Refusal | null {
  if (isSuperApprover(state.request.slate, principal, authority)) return null;
  return refusal('not_super_approver', `${principal.sub} is not a super-approver of this request`);
}

/** Whatever the policy says of self-approval: nobody breaks the glass for themself, or signs that it was broken. */
function mustBeDisinterested(state: Approval, caller: Caller): Refusal | null {
  if (!isRequester(state, caller)) return null;
  return refusal('self_approval', 'nobody breaks the glass, or reviews that, for their own request');
}
