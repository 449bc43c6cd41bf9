import { RebuildRefused } from '../runtime/errors.ts';
import type { RebuildResult } from '../types.ts';
import type { FromWorker } from './protocol.ts';

type Answer = Extract<FromWorker, { kind: 'begun' | 'refused' | 'done' | 'failed' }>;

interface Waiting {
  readonly begun: PromiseWithResolvers<void>;
  readonly done: PromiseWithResolvers<RebuildResult>;
}

/** Calls to the worker that wait for an answer. */
export function createCalls() {
  const open = new Map<number, Waiting>();
  let last = 0;

  return {
    open() {
      const call = ++last;
      const begun = Promise.withResolvers<void>();
      const done = Promise.withResolvers<RebuildResult>();
      // Whoever is not interested in the end of it need not handle its failure, which the status shows.
      done.promise.catch(() => undefined);
      begun.promise.catch(() => undefined);
      open.set(call, { begun, done });
      return { call, begun: begun.promise, done: done.promise };
    },
    settle(answer: Answer): void {
      const waiting = open.get(answer.call);
      if (!waiting) return;
      if (answer.kind === 'begun') {
        waiting.begun.resolve();
        return;
      }
      open.delete(answer.call);
      if (answer.kind === 'done') waiting.done.resolve(answer.result);
      else reject(waiting, errorOf(answer));
    },
    /** Its end is of no interest, or will not be told. */
    forget: (call: number): void => void open.delete(call),
    /** Nobody will answer any more. */
    fail(reason: string): void {
      for (const waiting of open.values()) reject(waiting, new Error(reason));
      open.clear();
    },
  };
}

function reject({ begun, done }: Waiting, error: Error): void {
  begun.reject(error);
  done.reject(error);
}

function errorOf(answer: Extract<Answer, { kind: 'refused' | 'failed' }>): Error {
  return answer.kind === 'refused'
    ? new RebuildRefused(answer.reason, answer.message)
    : new Error(answer.message);
}
