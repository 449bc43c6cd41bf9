import { LedgerUnavailable } from '@countersign/application';
import {
  type Approval,
  type ClosingCall,
  type ClosingOutcome,
  callbackFault,
  closingCalls,
  isInDoubt,
} from '@countersign/domain';
import type { ClosingRow } from '@countersign/projections';
import { backoffMs } from '../dispatch/retry.ts';
import { retryAtOf } from './retry.ts';
import { type Came, failed, type Means, type Taken, tell } from './tell.ts';

/**
 * Tries a call once: on the record before it is made, and again when its outcome is known. What is to be called, and
 * whether there is anything to do, the ledger says, not the view.
 * @returns when somebody may try again, in milliseconds since 1970; null where that does not matter
 * @throws LedgerUnavailable
 */
export async function attempt(row: ClosingRow, means: Means): Promise<number | null> {
  const { ledger, closings, policies, clock, instance, limits } = means;
  const { requestId, tenant } = row;
  const approval = (await ledger.load(requestId))?.approval;
  const wanted = approval && closingCalls(approval).find(({ call }) => call === row.call);
  if (!approval || !wanted) return null;
  const policy = policies.inForce();
  const began = clock();
  const until = new Date(began + limits.leaseMs).toISOString();
  const claimed = await closings.claim({ requestId, tenant, call: wanted, instance, until });
  if (claimed.outcome === 'not_yet') return Date.parse(claimed.at);
  if (claimed.outcome === 'done') return null;
  const fault = wanted.call === 'callback' ? callbackFault(policy, String(wanted.input.url)) : null;
  const stop = fault === null ? tooLate(approval, claimed, means) : `callbackUrl ${fault}`;
  const came = stop === null ? await tell(wanted, claimed, means) : notAllowed(stop, claimed);
  await conclude({ requestId, wanted, taken: claimed, began }, came, means);
  return null;
}

/** What waited while no instance ran is told all the same; what was decided before anybody told is history. */
function tooLate({ decision }: Approval, { before }: Taken, { clock, limits }: Means): string | null {
  const age = clock() - Date.parse(decision?.at ?? '');
  return before === null && age > limits.maxAgeMs ? 'not sent: it was decided too long ago' : null;
}

function notAllowed(why: string, { before }: Taken): Came {
  return failed(why, before !== null && isInDoubt(before), null);
}

interface Tried {
  readonly requestId: string;
  readonly wanted: ClosingCall;
  readonly taken: Taken;
  /** In milliseconds since 1970. */
  readonly began: number;
}

/** Puts on the record what the try came to, and tells of it. @throws LedgerUnavailable */
async function conclude({ requestId, wanted, taken, began }: Tried, came: Came, means: Means): Promise<void> {
  const { clock, signals } = means;
  const { call, connector, operation } = wanted;
  const { tries } = taken.current;
  const event = outcomeOf(wanted, tries, came, means);
  const seconds = Math.max(0, clock() - began) / 1000;
  if (!(await record(requestId, event, Date.parse(taken.current.until), means))) return;
  const told = { requestId, call, connector, operation, try: tries, seconds };
  if (event.type === 'ClosingSucceeded') {
    signals.called?.({ ...told, outcome: 'succeeded' });
    return;
  }
  const { error, retryAt } = event.data;
  const outcome = retryAt === undefined ? 'given_up' : 'failed';
  signals.called?.({ ...told, outcome, error, ...(retryAt !== undefined && { retryAt }) });
}

function outcomeOf(
  { call }: ClosingCall,
  tries: number,
  came: Came,
  { clock, limits }: Means,
): ClosingOutcome {
  const now = clock();
  const data = { at: new Date(now).toISOString(), call, try: tries };
  if (came.outcome === 'succeeded') {
    const { result, reconciled } = came;
    return { type: 'ClosingSucceeded', data: { ...data, result, reconciled } };
  }
  const { error, outcomeUnknown, again } = came;
  const retryAt = again && retryAtOf(tries, again, now, limits);
  if (retryAt !== null) {
    const next = new Date(retryAt).toISOString();
    return { type: 'ClosingFailed', data: { ...data, error, outcomeUnknown, retryAt: next } };
  }
  const last = again ? `given up after ${tries} tries: ${error}` : error;
  return { type: 'ClosingFailed', data: { ...data, error: last, outcomeUnknown } };
}

const PATIENCE = { retryMs: 100, maxRetryMs: 5000 };

/**
 * What a call came to is worth some patience: unrecorded, it is made again. So a ledger that does not answer is asked
 * until the lease ends; the same outcome twice writes nothing.
 * @returns false when another instance has begun the next try
 * @throws LedgerUnavailable
 */
async function record(
  requestId: string,
  event: ClosingOutcome,
  leaseEnds: number,
  { closings, instance, clock, abandoned }: Means,
): Promise<boolean> {
  for (let failures = 1; ; failures++) {
    try {
      return (await closings.record(requestId, instance, event)) === 'recorded';
    } catch (error) {
      const pause = backoffMs(failures, PATIENCE);
      if (!(error instanceof LedgerUnavailable) || abandoned.aborted) throw error;
      if (clock() + pause >= leaseEnds) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
