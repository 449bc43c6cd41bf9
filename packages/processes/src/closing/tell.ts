import type { ClosingClaimed } from '@countersign/application';
import {
  type CallOutcome,
  type ClosingCall,
  type Connector,
  type ConnectorCall,
  isInDoubt,
  type JsonObject,
} from '@countersign/domain';
import { outcomeFrom, reconciledFrom } from '../dispatch/answers.ts';
import { call } from '../dispatch/call.ts';
import type { CheckedLimits } from './limits.ts';
import type { Again } from './retry.ts';
import type { ClosingCallerOptions } from './types.ts';

/** What everything that makes calls works with. */
export interface Means
  extends Pick<
    ClosingCallerOptions,
    'ledger' | 'closings' | 'policies' | 'connectors' | 'clock' | 'instance'
  > {
  readonly signals: NonNullable<ClosingCallerOptions['signals']>;
  readonly limits: CheckedLimits;
  /** Whoever stopped waits no longer: what is under way is left to the lease. */
  readonly abandoned: AbortSignal;
}

export type Taken = Extract<ClosingClaimed, { outcome: 'taken' }>;

/** What came of a try. */
export type Came =
  | { readonly outcome: 'succeeded'; readonly result: JsonObject; readonly reconciled: boolean }
  | {
      readonly outcome: 'failed';
      readonly error: string;
      /** This try, or one before it, may have been carried out. */
      readonly outcomeUnknown: boolean;
      /** Null: another try would end the same way. */
      readonly again: Again | null;
    };

/** Makes a claimed call; of one that may have been made before, the outside is asked first. Never rejects. */
export async function tell(wanted: ClosingCall, taken: Taken, means: Means): Promise<Came> {
  const inDoubt = taken.before !== null && isInDoubt(taken.before);
  const { connector: name, operation, input, idempotencyKey } = wanted;
  const to = means.connectors.find((connector) => connector.name === name);
  // Another instance may have it: while a new version is rolled out they differ.
  if (!to) return failed(`there is no connector "${name}" here`, inDoubt, {});
  const sent = { operation, input, idempotencyKey };
  return (inDoubt ? await whatBecameOf(sent, to, taken, means) : null) ?? send(sent, to, taken, means);
}

type Sent = Omit<ConnectorCall, 'signal'>;

/** Nothing that is told of a decision is personal: there is nothing to mask. */
const asItIs = <T>(value: T): T => value;

/** @returns null when it certainly was not carried out, and is to be sent again */
async function whatBecameOf(
  sent: Sent,
  to: Connector,
  { before, current }: Taken,
  { limits, signals }: Means,
): Promise<Came | null> {
  const sentFrom = current.firstStartedAt;
  const sentUntil = before?.until ?? sentFrom;
  const called = await call((signal) => to.reconcile({ ...sent, sentFrom, sentUntil, signal }), limits);
  if (called.came === 'nothing')
    return failed(`${to.name} gave no answer within ${limits.callTimeoutMs} ms`, true, {});
  if (called.came === 'exception') {
    signals.broken?.({ what: `asking ${to.name} for a lost call`, error: called.error });
    return failed(`${to.name} ${called.error.message}`, true, {});
  }
  const told = reconciledFrom(called.answer, { to, mask: asItIs });
  switch (told.found) {
    case 'done':
      return { outcome: 'succeeded', result: told.result, reconciled: true };
    case 'not_done':
      return null;
    case 'cannot_tell':
      return failed(told.why, true, null);
    case 'ask_again':
      return failed(told.why, true, { retryAfterMs: told.retryAfterMs });
  }
}

async function send(sent: Sent, to: Connector, { current }: Taken, means: Means): Promise<Came> {
  const { clock, limits, signals } = means;
  const notBefore = Date.parse(current.until);
  if (notBefore - clock() < limits.callTimeoutMs + limits.graceMs)
    return failed('not sent: too little of the claim was left', false, {});
  const called = await call((signal) => to.execute({ ...sent, signal }), limits);
  switch (called.came) {
    case 'answer':
      return judged(outcomeFrom(called.answer, { to, mask: asItIs }), to, means);
    case 'nothing':
      return failed(`${to.name} gave no answer within ${limits.callTimeoutMs} ms`, true, { notBefore });
    case 'exception':
      signals.broken?.({ what: `calling ${to.name}`, error: called.error });
      return failed(`${to.name} ${called.error.message}`, true, { notBefore });
  }
}

async function judged(answer: CallOutcome, to: Connector, { limits }: Means): Promise<Came> {
  switch (answer.outcome) {
    case 'succeeded':
      return { outcome: 'succeeded', result: answer.result, reconciled: false };
    case 'unknown':
      return failed(answer.error, true, {});
    case 'failed': {
      const { error, transient, retryAfterMs } = answer;
      const isWorthwhile = transient || (await isUnconfigured(to, limits));
      return failed(error, false, isWorthwhile ? { retryAfterMs } : null);
    }
  }
}

/** Credentials that are missing here for now, or that another instance has, are no reason to give up. */
async function isUnconfigured(to: Connector, limits: CheckedLimits): Promise<boolean> {
  const called = await call((signal) => to.health(signal), limits);
  return called.came === 'answer' && called.answer.status === 'unconfigured';
}

export function failed(error: string, outcomeUnknown: boolean, again: Again | null): Came {
  return { outcome: 'failed', error, outcomeUnknown, again };
}
