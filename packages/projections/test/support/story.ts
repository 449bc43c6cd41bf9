import type { Approval, ApprovalCommand, StepReport } from '@countersign/domain';
import type { PlanAsked } from './plans.ts';
import { type Asking, ask, at, caller, type Driven } from './requests.ts';

export const admin = caller('olga', ['admin']);
export const LIMITS = { maxKeys: 10, maxChars: 1000 };

/** Asked at 0, with two steps to carry out, and approved at 60. */
export function approved(requestId: string, plan: PlanAsked = {}, asking: Asking = {}): Driven {
  const request = ask(requestId, 0, { plan, ...asking });
  const by = { caller: caller('alice'), overrideLimits: LIMITS };
  send(request, { type: 'Decide', requestId, now: at(60), status: 'approved', ...by });
  return request;
}

export function send(request: Driven, command: ApprovalCommand): void {
  if (!request.command(command)) throw new Error(`${command.type} wrote nothing`);
}

/** An admin begins at so many seconds, for half a minute. */
export function start(request: Driven, seconds: number): void {
  const { requestId } = request;
  const claim = { instance: 'one', leaseMs: 30_000, caller: admin };
  send(request, { type: 'StartDispatch', requestId, now: at(seconds), ...claim });
}

export function report(request: Driven, seconds: number, what: StepReport): void {
  const { requestId } = request;
  const dispatch = (request.state as Approval).dispatch?.run?.dispatch ?? 0;
  send(request, { type: 'RecordStep', requestId, now: at(seconds), instance: 'one', dispatch, report: what });
}

export const begun = (step: number, nth: number, until: number): StepReport => ({
  what: 'started',
  step,
  try: nth,
  until: at(until),
});
export const done = (step: number): StepReport => ({
  what: 'succeeded',
  step,
  result: { url: `https://example.test/${step}` },
  reconciled: step > 0,
});

/** Carried out at last: a step fails, is tried again, gets lost, is settled, and the rest goes well. */
export function eventful(requestId: string): Driven {
  const request = approved(requestId);
  start(request, 100);
  report(request, 101, begun(0, 1, 131));
  const retry = { at: at(110), until: at(140) };
  report(request, 102, { what: 'failed', step: 0, try: 1, error: 'busy', transient: true, retry });
  report(request, 110, begun(0, 2, 150));
  report(request, 112, { what: 'unknown', step: 0, error: 'no answer' });
  const settled = { step: 0, outcome: 'succeeded', note: 'their log has it' } as const;
  send(request, { type: 'SettleStep', requestId, now: at(200), caller: admin, ...settled });
  start(request, 260);
  report(request, 261, begun(1, 1, 300));
  report(request, 265, done(1));
  return request;
}
