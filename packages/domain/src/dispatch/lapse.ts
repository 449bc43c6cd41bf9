import { TIMER } from '../approval/commands.ts';
import { accepted, type Outcome, UNCHANGED } from '../approval/outcome.ts';
import { type Approval, isUnused, validUntil } from '../approval/state.ts';

/** Records that the approval was not used in time; nothing while it was, or still can be. */
export function lapse(now: string, state: Approval): Outcome {
  const until = validUntil(state);
  if (until === null || !isUnused(state, now)) return UNCHANGED;
  return accepted({ type: 'ApprovalLapsed', data: { at: now, by: TIMER, validUntil: until } });
}
