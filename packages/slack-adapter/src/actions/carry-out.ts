import { type Intent, LedgerUnavailable } from '@countersign/application';
import type { Clicker } from '../people/clicker.ts';
import { type Identified, SlackSilent } from '../people/people.ts';
import type { Received } from '../receive/received.ts';
import type { SlackSignals } from '../types.ts';
import type { ActionDeps } from './deps.ts';
import { TEXTS } from './texts.ts';
import { already, BROKEN, BUSY, DONE, DROPPED, ledgerSilent, refused, type Told } from './told.ts';

/** One thing that somebody did in Slack. */
export interface Act {
  readonly clicker: Clicker;
  readonly received: Received;
  /** New for every click. */
  readonly correlationId: string;
}

/**
 * Sends a command in the name of whoever clicked; the decider judges it.
 * @param act `ifRevision`: only while the request is at this revision
 * @param whenSo what is said when all of it was so before
 * @throws LedgerUnavailable
 */
export async function execute(
  { ledger }: ActionDeps,
  { correlationId, ifRevision }: Pick<Act, 'correlationId'> & { readonly ifRevision?: number },
  { principal, isLinked }: Identified,
  intent: Intent,
  whenSo: string,
): Promise<Told> {
  const answer = await ledger.execute(intent, { principal, via: 'slack', correlationId, ifRevision });
  if (!answer.ok) return refused(answer.refusal, isLinked);
  return answer.changed ? DONE : already(whenSo);
}

/**
 * Does the work once it is certain that the call was not taken before, and puts everything that can go wrong into
 * words. Never rejects.
 */
export function onceFresh(
  { signals }: Pick<ActionDeps, 'signals'>,
  { received }: Act,
  work: () => Promise<Told>,
): Promise<Told> {
  return inWords(signals, async () => {
    const verdict = await received.verdict.catch(notAsked);
    if (verdict === 'replayed') return DROPPED;
    return verdict === 'busy' ? BUSY : work();
  });
}

/** Never rejects: what goes wrong is told, and what nobody foresaw is a signal too. */
export async function inWords<T = Told>(
  signals: SlackSignals,
  work: () => Promise<T | Told>,
): Promise<T | Told> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LedgerUnavailable) return ledgerSilent(error);
    if (error instanceof SlackSilent) return { kind: 'failed', text: TEXTS.slackSilent };
    signals.failed?.({ what: 'carrying out a click in Slack', error });
    return BROKEN;
  }
}

/** Whatever became of the question whether the call is new: the command itself was never sent. */
function notAsked(error: Error): never {
  throw error instanceof LedgerUnavailable ? new LedgerUnavailable(error.message, false) : error;
}
