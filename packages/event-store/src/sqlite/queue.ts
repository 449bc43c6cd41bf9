import { type AppendResult, StoreError } from '../port.ts';
import { storeError } from './errors.ts';
import type { AppendRequest, Outcome } from './group.ts';
import { formatPosition } from './position.ts';
import type { Writer } from './writer.ts';

export interface QueueLimits {
  /** Appends that wait for their answer; more are turned away. */
  readonly maxWaiting: number;
  /** Bytes of text that wait, as an upper bound. */
  readonly maxWaitingBytes: number;
}

export interface AppendQueue {
  push(request: AppendRequest, bytes: number): Promise<AppendResult>;
  /** Resolves when nothing waits. */
  drained(): Promise<void>;
  readonly appended: number;
  /** Why the newest append could not be written, if that was the store's fault. */
  readonly failure: StoreError | undefined;
}

interface Waiting {
  readonly request: AppendRequest;
  readonly bytes: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: StoreError) => void;
}

/**
 * Collects the appends of one turn of the event loop and hands them to the writer together. It does not wait for
 * the group before: the writer commits whatever has come in meanwhile as its next group.
 * @param onCommit called after events became durable, before their appends are answered
 */
export function createQueue(writer: Writer, limits: QueueLimits, onCommit: () => void): AppendQueue {
  let turn: Waiting[] = [];
  let waiting = 0;
  let waitingBytes = 0;
  let appended = 0;
  let failure: StoreError | undefined;
  let drained: PromiseWithResolvers<void> | undefined;

  const release = (group: readonly Waiting[]): void => {
    waiting -= group.length;
    for (const { bytes } of group) waitingBytes -= bytes;
    if (waiting === 0) drained?.resolve();
  };

  const settle = (group: readonly Waiting[], outcomes: readonly Outcome[]): void => {
    release(group);
    if (outcomes.some(isWritten)) onCommit();
    for (const [index, entry] of group.entries()) {
      const outcome = outcomes[index];
      if (outcome !== undefined && isWritten(outcome)) {
        appended++;
        failure = undefined;
        entry.resolve({ revision: outcome[0], position: formatPosition(outcome[1]) });
      } else {
        const error = outcome
          ? storeError(outcome)
          : new StoreError('unknown_outcome', 'no answer from the writer');
        if (error.kind !== 'conflict') failure = error;
        entry.reject(error);
      }
    }
  };

  const flush = async (): Promise<void> => {
    const group = turn;
    turn = [];
    try {
      settle(group, await writer.commit(group.map(({ request }) => request)));
    } catch (error) {
      release(group);
      failure =
        error instanceof StoreError
          ? error
          : new StoreError('unknown_outcome', String(error), { cause: error });
      for (const { reject } of group) reject(failure);
    }
  };

  return {
    push(request, bytes) {
      if (waiting >= limits.maxWaiting || (waiting > 0 && waitingBytes + bytes > limits.maxWaitingBytes)) {
        const message = `${waiting} appends of up to ${waitingBytes} bytes wait for the disk already; try again later`;
        return Promise.reject(new StoreError('unavailable', message));
      }
      waiting++;
      waitingBytes += bytes;
      if (turn.length === 0) setImmediate(flush);
      return new Promise((resolve, reject) => {
        turn.push({ request, bytes, resolve, reject });
      });
    },
    async drained() {
      if (waiting === 0) return;
      drained ??= Promise.withResolvers();
      await drained.promise;
    },
    get appended() {
      return appended;
    },
    get failure() {
      return failure;
    },
  };
}

function isWritten(outcome: Outcome): outcome is readonly [number, number] {
  return Array.isArray(outcome);
}
