import {
  type ApprovalCommand,
  type AttemptEvent,
  actorOf,
  type Caller,
  decideAttempt,
  evolveAttempts,
  initialAttempts,
  type Refusal,
} from '@countersign/domain';
import type { EventStore } from '@countersign/event-store';
import { type TransactOptions, transact } from './transact/transact.ts';

const evolver = { initial: initialAttempts, evolve: evolveAttempts };

export interface Attempt {
  readonly requestId: string;
  readonly tenant: string;
  readonly caller: Caller;
  readonly command: ApprovalCommand['type'];
  readonly refusal: Refusal;
  readonly at: string;
  readonly correlationId: string;
}

export function attemptsOf(requestId: string): string {
  return `attempt-${requestId}`;
}

/** Records who tried what they may not, in a stream of its own. */
export async function recordAttempt(
  store: EventStore,
  attempt: Attempt,
  options: TransactOptions,
): Promise<void> {
  const { requestId, tenant, caller, command, refusal, at, correlationId } = attempt;
  const data: AttemptEvent['data'] = {
    at,
    by: actorOf(caller),
    requestId,
    tenant,
    command,
    rule: refusal.code,
  };
  await transact(
    store,
    {
      stream: attemptsOf(requestId),
      evolver,
      origin: { correlationId },
      decide: (state) => ({ events: decideAttempt(data, state) }),
    },
    options,
  );
}
