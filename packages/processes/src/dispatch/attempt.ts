import { setTimeout as sleep } from 'node:timers/promises';
import type { CallOutcome } from '@countersign/domain';
import { outcomeFrom } from './answers.ts';
import { ask, type Went } from './ask.ts';
import { call } from './call.ts';
import { conclude } from './conclude.ts';
import { type Hold, type Means, outlivesCall, stepState } from './hold.ts';
import { record } from './record.ts';
import { openStep, type Step } from './step.ts';

/**
 * Tries a step once: on the record before its connector is called, and again when the outcome is known.
 * @throws LedgerUnavailable
 */
export async function attempt(hold: Hold, index: number, means: Means): Promise<Went> {
  const { clock, limits } = means;
  const step = await openStep(hold, index, means);
  if (means.stopping.aborted) return 'over';
  const nth = (stepState(hold, index)?.tries ?? 0) + 1;
  const until = new Date(clock() + limits.leaseMs).toISOString();
  if (!(await record(hold, { what: 'started', step: index, try: nth, until }, means))) return 'over';
  if (means.abandoned.aborted) return 'over';
  const began = clock();
  const outcome = await send(hold, step, means);
  if (outcome.outcome !== 'unknown')
    return (await conclude(hold, step, outcome, began, means)) ? 'on' : 'over';
  return ask(hold, step, { ...outcome, began, sentUntil: clock() }, means);
}

/** @returns `unknown` only once nothing more is being sent */
async function send(hold: Hold, { opened }: Step, { limits, clock, signals }: Means): Promise<CallOutcome> {
  if ('unfit' in opened) return { outcome: 'failed', error: opened.unfit, transient: opened.transient };
  if (!outlivesCall(hold, clock(), limits)) {
    const error = 'not sent: it took too long to put it on the record first';
    return { outcome: 'failed', error, transient: true };
  }
  const { to } = opened;
  const began = performance.now();
  const called = await call((signal) => to.execute({ ...opened.call, signal }), limits);
  switch (called.came) {
    case 'answer':
      return outcomeFrom(called.answer, opened);
    case 'nothing':
      return { outcome: 'unknown', error: `${to.name} gave no answer within ${limits.callTimeoutMs} ms` };
    case 'exception': {
      signals.broken?.({ what: `calling ${to.name}`, error: called.error });
      // What it began may go on until its time is over.
      await sleep(began + limits.callTimeoutMs - performance.now());
      return { outcome: 'unknown', error: `${to.name} ${called.error.message}` };
    }
  }
}
