import { accepted, type Outcome, UNCHANGED } from '../approval/outcome.ts';
import type { Approval } from '../approval/state.ts';
import { DISPATCHER, type ResumeDispatch } from './commands.ts';
import { leaseEnd } from './start.ts';

/** Takes over a dispatch whose lease is over, by the clock of whoever takes it. */
export function resumeDispatch({ now, instance, leaseMs }: ResumeDispatch, { dispatch }: Approval): Outcome {
  if (dispatch?.phase !== 'running' || !dispatch.run || now < dispatch.run.until) return UNCHANGED;
  const { dispatch: number } = dispatch.run;
  const until = leaseEnd(now, leaseMs);
  return accepted({
    type: 'DispatchResumed',
    data: { at: now, by: DISPATCHER, dispatch: number, instance, until },
  });
}
