import type { ApprovalEvent } from './events.ts';
import { evolve } from './evolve.ts';
import { isMet } from './matching.ts';
import type { Outcome } from './outcome.ts';
import { type Approval, missingPersonas, type Vote, whatStands } from './state.ts';

/** The events, and whatever follows from them at once: a stage completed, the request approved. */
export function settle(before: Approval, ...events: ApprovalEvent[]): Outcome {
  let state: Approval = before;
  for (const event of events) state = evolve(state, event) as Approval;
  const last = events.at(-1);
  if (!last || state.decision || missingPersonas(state).length > 0) return { events };

  const stage = state.request.slate.stages[state.stage];
  const votes = currentVotes(state);
  if (!stage || !isMet(stage.require, votes)) return { events };
  const { at, by } = last.data;
  const completed: ApprovalEvent = {
    type: 'StageCompleted',
    data: { at, by, stage: state.stage, name: stage.name, approvers: votes.map((vote) => vote.by) },
  };
  if (state.stage + 1 < state.request.slate.stages.length) return { events: [...events, completed] };
  return { events: [...events, completed, approved(state, last)] };
}

/** Standing votes on the stage now asked; votes do not carry across stages. */
export function currentVotes(state: Approval): Vote[] {
  return state.approvals.filter((vote) => vote.stage === state.stage);
}

function approved(state: Approval, last: ApprovalEvent): ApprovalEvent {
  const { at, by } = last.data;
  const approvers = [...new Set(state.approvals.map((vote) => vote.by))];
  return { type: 'RequestApproved', data: { at, by, approvers, ...whatStands(state), how: 'votes' } };
}
