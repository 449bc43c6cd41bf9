import {
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  StoreError,
} from '@countersign/event-store';
import { LedgerUnavailable } from '../errors.ts';
import { backoff } from './backoff.ts';

/**
 * Appends one batch, and tries the very same batch again while the store does not answer or its answer is lost:
 * same ids, same expected revision, so that it is written once at most. A conflict is not for this loop.
 * @param deadlineMs how long to go on trying
 * @throws StoreError `conflict` or `refused`; LedgerUnavailable past the deadline, saying whether it may be written
 */
export async function appendSurely(
  store: EventStore,
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
  deadlineMs: number,
): Promise<AppendResult> {
  const deadline = Date.now() + deadlineMs;
  let outcomeUnknown = false;
  for (let attempt = 1; ; attempt++) {
    try {
      return await store.append(stream, expected, events);
    } catch (error) {
      if (!(error instanceof StoreError) || error.kind === 'conflict' || error.kind === 'refused')
        throw error;
      outcomeUnknown ||= error.kind === 'unknown_outcome';
      if (Date.now() >= deadline)
        throw new LedgerUnavailable(error.message, outcomeUnknown, { cause: error });
      await backoff(attempt);
    }
  }
}
