import { actorOf } from '../approval/commands.ts';
import type { ApprovalEvent } from '../approval/events.ts';
import { accepted, type Outcome, refused, stopped, UNCHANGED } from '../approval/outcome.ts';
import { firstRefusal, MIN_REASON, mustBeAdmin, mustBeHuman, tooShort } from '../approval/rules.ts';
import type { Approval } from '../approval/state.ts';
import type { SettleStep } from './commands.ts';
import { evolveDispatch } from './evolve.ts';

/**
 * A person says what became of a step that nobody could tell of. Settled as succeeded, a further dispatch goes on
 * behind it, and where it was the last one all is done; settled as failed, a further dispatch starts it again.
 */
export function settleStep(command: SettleStep, { dispatch }: Approval): Outcome {
  const { caller, now, step: index, outcome } = command;
  const stop = firstRefusal(mustBeHuman(caller), mustBeAdmin(caller));
  if (stop) return stopped(stop);
  const step = dispatch?.steps[index];
  const by = actorOf(caller);
  if (!dispatch?.run || step?.status !== 'unknown') {
    const isRepeat = step?.settled?.by === by.sub && step.settled.outcome === outcome;
    return isRepeat ? UNCHANGED : nothingToSettle(index);
  }
  const note = command.note.trim();
  if ([...note].length < MIN_REASON) return stopped(tooShort('settling a step', '/note'));
  const settled: ApprovalEvent & { type: 'StepSettled' } = {
    type: 'StepSettled',
    data: { at: now, by, step: index, outcome, note },
  };
  const { steps } = evolveDispatch(dispatch, settled);
  if (steps.some(({ status }) => status !== 'succeeded')) return accepted(settled);
  const { planHash, run } = dispatch;
  return accepted(settled, {
    type: 'Dispatched',
    data: { at: now, by, dispatch: run.dispatch, planHash },
  });
}

function nothingToSettle(step: number): Outcome {
  return refused('nothing_to_settle', `step ${step} waits for nobody to say what became of it`, {
    facts: { step },
  });
}
