import type { ApprovalCommand, Dispatch, StepReport } from '@countersign/domain';
import type { Random } from './random.ts';
import { at, caller, type Driven } from './requests.ts';

const LEASE_SEC = 30;
const INSTANCES = ['one', 'two'];

/** What becomes of a plan: random commands near what may come next, of which the decider takes those that are right. */
export function randomDispatch(driven: Driven, rng: Random, commands: number): void {
  for (let n = 0; n < commands; n++) {
    const last = driven.events.at(-1)?.data.at ?? at(0);
    const seconds = (Date.parse(last) - Date.parse(at(0))) / 1000 + rng.int(rng.chance(0.2) ? 90 : 5);
    const { state } = driven;
    if (state.exists && state.dispatch)
      driven.command(randomMove(driven.requestId, state.dispatch, rng, seconds));
  }
}

function randomMove(requestId: string, dispatch: Dispatch, rng: Random, seconds: number): ApprovalCommand {
  const now = at(seconds);
  const claim = { requestId, now, instance: rng.pick(INSTANCES), leaseMs: LEASE_SEC * 1000 };
  const admin = caller('olga', ['admin']);
  const unknown = dispatch.steps.findIndex(({ status }) => status === 'unknown');
  const outcome = rng.pick(['succeeded', 'failed'] as const);
  const report = (): ApprovalCommand => ({
    type: 'RecordStep',
    requestId,
    now,
    instance: dispatch.run?.instance ?? 'one',
    dispatch: dispatch.run?.dispatch ?? 1,
    report: nextReport(dispatch, rng, seconds),
  });
  const isOver = dispatch.run !== null && now >= dispatch.run.until;
  if (dispatch.phase === 'running' && rng.chance(0.8))
    return isOver ? { ...claim, type: 'ResumeDispatch' } : report();
  return rng.pick<() => ApprovalCommand>([
    () => ({ ...claim, type: 'StartDispatch', caller: admin }),
    () => ({ ...claim, type: 'StartDispatch', caller: admin }),
    () => ({ ...claim, type: 'BeginDispatch' }),
    () => ({
      requestId,
      now,
      type: 'SettleStep',
      step: unknown,
      outcome,
      note: 'looked it up',
      caller: admin,
    }),
    () => ({ requestId, now, type: 'LapseApproval' }),
    report,
  ])();
}

function nextReport({ steps }: Dispatch, rng: Random, seconds: number): StepReport {
  const step = Math.max(
    0,
    steps.findIndex(({ status }) => status !== 'succeeded'),
  );
  const { status = 'waiting', tries = 0 } = steps[step] ?? {};
  if (status !== 'started') return { what: 'started', step, try: tries + 1, until: at(seconds + LEASE_SEC) };
  const failed = { what: 'failed', step, try: tries, error: 'said "no" — ü' } as const;
  return rng.pick<StepReport>([
    { what: 'succeeded', step, result: { url: 'https://example.test/1', nothing: null }, reconciled: false },
    { what: 'succeeded', step, result: {}, reconciled: true },
    { ...failed, transient: false },
    { ...failed, transient: true, retry: { at: at(seconds + 5), until: at(seconds + 5 + LEASE_SEC) } },
    { what: 'unknown', step, error: 'no answer' },
  ]);
}
