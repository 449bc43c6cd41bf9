import { actorOf, type CancelRequest } from './commands.ts';
import { accepted, type Outcome, refused, stopped, UNCHANGED } from './outcome.ts';
import { isRequester, mustBeUndecided } from './rules.ts';
import type { Approval } from './state.ts';

/** Whoever asked, or was asked for, takes the request back. */
export function cancelRequest({ caller, now, reason }: CancelRequest, state: Approval): Outcome {
  if (!isRequester(state, caller)) {
    return refused(
      'not_requester',
      `only ${state.request.by.sub}, or whom it was asked for, can cancel this request`,
    );
  }
  if (state.decision?.outcome === 'cancelled') return UNCHANGED;
  const decided = mustBeUndecided(state);
  if (decided) return stopped(decided);
  return accepted({
    type: 'RequestCancelled',
    data: { at: now, by: actorOf(caller), ...(reason !== undefined && { reason }) },
  });
}
