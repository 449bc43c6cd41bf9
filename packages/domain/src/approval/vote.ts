import type { Hash } from '../canonical/hash.ts';
import { actorOf, type Decide } from './commands.ts';
import { standingIn } from './eligibility.ts';
import type { ApprovalEvent } from './events.ts';
import { evolve } from './evolve.ts';
import { type Outcome, refused, stopped, UNCHANGED } from './outcome.ts';
import { planOverride } from './override.ts';
import {
  firstRefusal,
  mustBeDecider,
  mustBeHuman,
  mustBeUndecided,
  mustNotBeRequester,
  mustStandOnSlate,
} from './rules.ts';
import { settle } from './settle.ts';
import { type Approval, missingPersonas } from './state.ts';

/** One person's yes or no. */
export function decideRequest(command: Decide, state: Approval): Outcome {
  const { caller } = command;
  const stop = firstRefusal(
    mustBeHuman(caller),
    mustBeDecider(caller),
    mustNotBeRequester(state, caller),
    mustStandOnSlate(state, caller),
  );
  if (stop) return stopped(stop);
  if (isRepeat(command, state)) return UNCHANGED;
  const late = firstRefusal(mustBeUndecided(state));
  if (late) return stopped(late);
  const outdated = mustNameWhatStands(command, state);
  if (outdated) return outdated;
  return command.status === 'approved' ? approve(command, state) : deny(command, state);
}

/** The same vote by the same person again, by a second click or because an answer was lost. */
function isRepeat({ status, stage, overrides, caller }: Decide, state: Approval): boolean {
  const { sub } = actorOf(caller);
  if (status === 'denied') return state.denials.some((denial) => denial.by === sub);
  if (edits(overrides)) return false;
  const names = state.request.slate.stages.map((s) => s.name);
  return state.approvals.some((vote) => {
    if (vote.by !== sub) return false;
    return stage === undefined
      ? vote.stage === state.stage || state.decision?.outcome === 'approved'
      : names[vote.stage] === stage;
  });
}

function edits(overrides: Decide['overrides']): boolean {
  return overrides !== undefined && Object.keys(overrides).length > 0;
}

/** A decision names what it decides: the parameters or the plan shown, and the stage if it says one. */
function mustNameWhatStands({ paramsHash, planHash, stage }: Decide, state: Approval): Outcome | null {
  if (paramsHash !== undefined && paramsHash !== state.paramsHash) {
    return refused('stale_plan', 'the parameters have changed since they were shown; look at them again', {
      facts: { paramsHash: state.paramsHash, given: paramsHash },
    });
  }
  const current = state.dispatch?.planHash ?? null;
  if (planHash !== undefined && planHash !== current) {
    return refused('stale_plan', 'the plan has changed since it was shown; look at it again', {
      facts: { planHash: current, given: planHash },
    });
  }
  const asked = state.request.slate.stages[state.stage]?.name ?? null;
  if (stage !== undefined && stage !== asked) {
    return refused('wrong_stage', `stage "${stage}" is not being decided now, "${asked}" is`, {
      facts: { stage: asked },
    });
  }
  return null;
}

function approve(command: Decide, state: Approval): Outcome {
  const missing = missingPersonas(state);
  if (missing.length > 0) {
    return refused('personas_pending', `still to be acknowledged by: ${missing.join(', ')}`, {
      facts: { personas: missing },
    });
  }
  const { sub } = actorOf(command.caller);
  if (state.denials.some((denial) => denial.by === sub)) {
    return refused('already_denied', `${sub} has denied this request; a denial is not taken back`);
  }
  const wrongPlace = mustFitStage(command, state);
  if (wrongPlace) return wrongPlace;
  const edit = planOverride(command, state);
  if (edit && 'refusal' in edit) return stopped(edit.refusal);
  if (!edit) return settle(state, ...voteEvents(command, state, shownHash(command, state)));
  // The vote is counted on the edited plan; a material edit starts again at the first stage, where the editor may have no place.
  const edited = evolve(state, edit.event) as Approval;
  return settle(state, edit.event, ...voteEvents(command, edited, edited.paramsHash));
}

/** The parameters the decider was shown, which the plan's hash names as well; null when the decision does not say. */
function shownHash({ paramsHash, planHash }: Decide, state: Approval): Hash | null {
  return paramsHash ?? (planHash === undefined ? null : state.paramsHash);
}

function mustFitStage({ caller, stage: named, overrides }: Decide, state: Approval): Outcome | null {
  const { slate } = state.request;
  const stage = slate.stages[state.stage];
  if (!stage) return null;
  const { fills } = standingIn(stage, slate, caller.principal, caller.authority);
  const { sub } = actorOf(caller);
  const earlier = state.approvals.find((vote) => vote.by === sub && vote.stage < state.stage);
  if (fills.length === 0) {
    // A second click of somebody whose stage the click itself has completed.
    if (earlier && named === undefined && !edits(overrides)) return UNCHANGED;
    return refused(
      'not_your_stage',
      `stage "${stage.name}" is being decided now, and ${sub} has no place in it`,
      {
        facts: { stage: stage.name },
      },
    );
  }
  if (earlier && named === undefined) {
    return refused(
      'stage_required',
      `${sub} has approved an earlier stage; to approve "${stage.name}" too, name it`,
      {
        facts: { stage: stage.name },
      },
    );
  }
  return null;
}

function voteEvents(command: Decide, state: Approval, paramsHash: Hash | null): ApprovalEvent[] {
  const { caller, now, note } = command;
  const { slate } = state.request;
  const stage = slate.stages[state.stage];
  const standing = stage && standingIn(stage, slate, caller.principal, caller.authority);
  const by = actorOf(caller);
  const counted = state.approvals.some((vote) => vote.by === by.sub && vote.stage === state.stage);
  if (!standing || standing.fills.length === 0 || counted) return [];
  return [
    {
      type: 'ApprovalGranted',
      data: {
        at: now,
        by,
        stage: state.stage,
        fills: [...standing.fills],
        superApprover: standing.superApprover,
        paramsHash,
        ...(note !== undefined && { note }),
      },
    },
  ];
}

function deny(command: Decide, state: Approval): Outcome {
  const { caller, now, note } = command;
  const by = actorOf(caller);
  const noted = note === undefined ? {} : { note };
  const given: ApprovalEvent = {
    type: 'DenialGiven',
    data: { at: now, by, stage: state.stage, paramsHash: shownHash(command, state), ...noted },
  };
  if (state.denials.length + 1 < state.request.slate.denyThreshold) return { events: [given] };
  return { events: [given, { type: 'RequestDenied', data: { at: now, by, how: 'votes', ...noted } }] };
}
