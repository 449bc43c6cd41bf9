import { type Answer, LedgerUnavailable } from '@countersign/application';
import type { StepReport } from '@countersign/domain';
import { type Hold, leaseEnds, type Means } from './hold.ts';
import { backoffMs } from './retry.ts';

/**
 * Puts on the record what happens to a step. What a call came to is worth some patience: unrecorded, somebody has to
 * find it out again. So a ledger that does not answer is asked until the lease ends; the same report twice writes
 * nothing.
 * @returns false when the dispatch is no longer this instance's, which must then send nothing more
 * @throws LedgerUnavailable
 */
export async function record(hold: Hold, report: StepReport, means: Means): Promise<boolean> {
  const { ledger, clock, instance, limits, abandoned } = means;
  const { requestId, dispatch, correlationId } = hold;
  for (let failures = 1; ; failures++) {
    try {
      const command = { type: 'RecordStep', requestId, instance, dispatch, report } as const;
      return note(hold, await ledger.tick(command, correlationId));
    } catch (error) {
      const pause = backoffMs(failures, limits);
      if (!(error instanceof LedgerUnavailable) || abandoned.aborted) throw error;
      if (clock() + pause >= leaseEnds(hold)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

function note(hold: Hold, answer: Answer): boolean {
  if (answer.ok) {
    const { approval, revision, position } = answer;
    hold.known = { approval, revision, position };
    return true;
  }
  const { refusal, known } = answer;
  if (known) hold.known = known;
  if (refusal.code === 'lease_lost') return false;
  throw new Error(`what happens to a step was refused: ${refusal.code}, ${refusal.detail}`);
}
