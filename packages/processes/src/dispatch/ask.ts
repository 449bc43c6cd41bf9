import type { Reconciled } from '@countersign/domain';
import { reconciledFrom } from './answers.ts';
import { call } from './call.ts';
import { type Conclusion, conclude } from './conclude.ts';
import { type Hold, leaseEnds, type Means, stepState } from './hold.ts';
import { backoffMs, MAX_WAIT_MS } from './retry.ts';
import type { Step } from './step.ts';

/** How it goes on with a dispatch. */
export type Went =
  | 'on'
  /** Not by this instance: others hold it, or it ends. */
  | 'over'
  /** Not before that time, in milliseconds since 1970, and in a new lease. */
  | { readonly later: number };

/** A call whose outcome was lost. Times are in milliseconds since 1970. */
export interface Lost {
  readonly error: string;
  readonly began: number;
  /** From when on nothing was sent any more. */
  readonly sentUntil: number;
}

/**
 * Finds out what became of a lost call by asking the outside, as often as it takes and as long as the lease allows.
 * Nothing is sent again before that is known.
 * @throws LedgerUnavailable
 */
export async function ask(hold: Hold, step: Step, lost: Lost, means: Means): Promise<Went> {
  const { clock, limits, since, stopping, rest } = means;
  // While nobody was there to ask, no time was lost.
  const askUntil = Math.max(lost.sentUntil, since) + limits.askMs;
  for (let asked = 1; ; asked++) {
    if (stopping.aborted || clock() >= leaseEnds(hold)) return 'over';
    const told = await askOnce(hold, step, lost, means);
    const isLast = clock() >= askUntil || !(pauseOf(told) <= MAX_WAIT_MS);
    const conclusion = conclusionOf(told, lost.error, isLast);
    if (conclusion) return (await conclude(hold, step, conclusion, lost.began, means)) ? 'on' : 'over';
    const next = clock() + Math.max(backoffMs(asked, limits), pauseOf(told));
    if (next >= leaseEnds(hold)) return { later: next };
    await rest(next);
  }
}

/** With personal values masked. */
async function askOnce(
  hold: Hold,
  { index, opened }: Step,
  { sentUntil }: Lost,
  { limits, signals }: Means,
): Promise<Reconciled> {
  if ('unfit' in opened) return { found: opened.transient ? 'ask_again' : 'cannot_tell', why: opened.unfit };
  const { to } = opened;
  const lost = {
    ...opened.call,
    sentFrom: stepState(hold, index)?.firstStartedAt ?? new Date(sentUntil).toISOString(),
    sentUntil: new Date(sentUntil).toISOString(),
  };
  const called = await call((signal) => to.reconcile({ ...lost, signal }), limits);
  if (called.came === 'answer') return reconciledFrom(called.answer, opened);
  if (called.came === 'nothing')
    return { found: 'ask_again', why: `${to.name} gave no answer within ${limits.callTimeoutMs} ms` };
  signals.broken?.({ what: `asking ${to.name} for a lost call`, error: called.error });
  return { found: 'ask_again', why: `${to.name} ${called.error.message}` };
}

/** What the answer leads to; null where it leads to another question. */
function conclusionOf(told: Reconciled, error: string, isLast: boolean): Conclusion | null {
  switch (told.found) {
    case 'done':
      return { outcome: 'succeeded', result: told.result, reconciled: true };
    case 'not_done':
      return { outcome: 'failed', error: `${error}; it was found not done`, transient: true };
    case 'cannot_tell':
      return { outcome: 'unknown', error: `${error}; ${told.why}` };
    case 'ask_again':
      return isLast ? { outcome: 'unknown', error: `${error}; ${told.why}` } : null;
  }
}

/** How long the outside wants to be left alone, in milliseconds. */
function pauseOf(told: Reconciled): number {
  return told.found === 'ask_again' ? Math.ceil(told.retryAfterMs ?? 0) : 0;
}
