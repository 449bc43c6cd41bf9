import { ask, type Went } from './ask.ts';
import { attempt } from './attempt.ts';
import { type Hold, type Means, nextStep } from './hold.ts';
import { LONG_MS } from './retry.ts';
import { openStep } from './step.ts';

/**
 * Carries a claimed plan out, step by step, as far as this instance gets: to its end, to a long wait, or until another
 * one has taken over. Whatever it leaves, the end of its lease brings back.
 * @returns when this instance may go on at the earliest, in milliseconds since 1970; null where that does not matter
 * @throws LedgerUnavailable
 */
export async function run(hold: Hold, means: Means): Promise<number | null> {
  while (!means.stopping.aborted) {
    const went = await goOn(hold, means);
    if (went === 'over') return null;
    if (went !== 'on') return went.later;
  }
  return null;
}

async function goOn(hold: Hold, means: Means): Promise<Went> {
  const next = nextStep(hold, means);
  if (!next) return 'over';
  const { index, state } = next;
  switch (state.status) {
    case 'waiting':
      return attempt(hold, index, means);
    case 'retrying':
      return (await restUntil(state.retryAt, means)) ? attempt(hold, index, means) : 'over';
    case 'started':
      return askWhatWasLeft(hold, index, means);
    default:
      throw new Error(`step ${index} of a dispatch under way is ${state.status}`);
  }
}

/** @returns false when that is too long to wait for, or this instance ends */
async function restUntil(retryAt: string | null, { clock, rest, stopping }: Means): Promise<boolean> {
  const at = Date.parse(retryAt ?? '') || 0;
  if (at - clock() > LONG_MS) return false;
  await rest(at);
  return !stopping.aborted;
}

/** The step was begun under a lease that is over, and nobody recorded what became of it. */
async function askWhatWasLeft(hold: Hold, index: number, means: Means): Promise<Went> {
  const { startedAt, sentUntil } = nextStep(hold, means)?.state ?? {};
  const step = await openStep(hold, index, means);
  const lost = {
    error: 'whoever called last was gone before its answer was on the record',
    began: Date.parse(startedAt ?? ''),
    sentUntil: Date.parse(sentUntil ?? ''),
  };
  return ask(hold, step, lost, means);
}
