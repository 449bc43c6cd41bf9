import { Worker } from 'node:worker_threads';
import { StoreError } from '../port.ts';
import type { Connection } from './connection.ts';
import { storeError } from './errors.ts';
import { type AppendRequest, type Outcome, prepareGroupCommit } from './group.ts';
import type { FromWriter, ToWriter, WriterPlan } from './writer-thread.ts';

/** Takes the appends of one turn; resolves, in the order of the calls, when they are durable or have failed. */
export interface Writer {
  /** An empty list probes whether writing works (see `prepareGroupCommit`). Rejects when all had to be given up. */
  commit(appends: readonly AppendRequest[]): Promise<readonly Outcome[]>;
  /** How many transactions have been answered. */
  readonly transactions: number;
  close(): Promise<void>;
}

/** A thread that dies more often than this within `DEATHS_WITHIN_MS` is not started again until that time is over. */
const DEATHS_ALLOWED = 5;
const DEATHS_WITHIN_MS = 60_000;

/** Writes on the calling thread: for a ledger in memory, which no other connection could see. */
export function writeHere(db: Connection): Writer {
  const commit = prepareGroupCommit(db, 0);
  let transactions = 0;
  return {
    async commit(appends) {
      transactions++;
      return commit(appends);
    },
    get transactions() {
      return transactions;
    },
    async close() {},
  };
}

/** For a store that was opened to read. */
export const noWriter: Writer = {
  async commit() {
    throw new StoreError('refused', 'this store was opened for reading only');
  },
  transactions: 0,
  async close() {},
};

interface Thread {
  readonly worker: Worker;
  readonly opened: Promise<void>;
  readonly ended: Promise<void>;
  /** Messages sent and not answered, oldest first. */
  readonly unanswered: PromiseWithResolvers<readonly Outcome[]>[];
}

export interface ThreadWriter extends Writer {
  /** The thread in service, if any. */
  readonly worker: Worker | undefined;
}

/**
 * Starts the thread that owns the connection that writes.
 * When the thread dies, what it had not answered rejects as `unknown_outcome`, and the next append starts another.
 * @throws StoreError when the file cannot be opened
 */
export async function startWriter(plan: WriterPlan): Promise<ThreadWriter> {
  const deaths: { readonly at: number; readonly reason: StoreError }[] = [];
  let transactions = 0;
  let thread: Thread | undefined;

  const start = (): Thread => {
    const started = startThread(plan, {
      onTransaction: () => {
        transactions++;
      },
      onDeath: (reason) => {
        deaths.push({ at: Date.now(), reason });
        thread = undefined;
      },
    });
    thread = started;
    return started;
  };
  const running = (): Thread => {
    if (thread) return thread;
    while (deaths[0] && Date.now() - deaths[0].at > DEATHS_WITHIN_MS) deaths.shift();
    if (deaths.length >= DEATHS_ALLOWED) {
      const last = deaths.at(-1)?.reason;
      const message = `the writing thread died ${deaths.length} times within a minute, last of this: ${last?.message}`;
      throw new StoreError('unavailable', message, { cause: last });
    }
    return start();
  };

  await start().opened;
  return {
    async commit(appends) {
      const { worker, unanswered } = running();
      const answer = Promise.withResolvers<readonly Outcome[]>();
      unanswered.push(answer);
      worker.postMessage(appends satisfies ToWriter);
      return answer.promise;
    },
    get transactions() {
      return transactions;
    },
    get worker() {
      return thread?.worker;
    },
    async close() {
      if (!thread) return;
      thread.worker.postMessage('close' satisfies ToWriter);
      await thread.ended;
    },
  };
}

interface ThreadEvents {
  onTransaction(): void;
  /** Called when the thread is gone, before its unanswered appends reject. */
  onDeath(reason: StoreError): void;
}

function startThread(plan: WriterPlan, { onTransaction, onDeath }: ThreadEvents): Thread {
  const script = import.meta.url.endsWith('.ts') ? './writer-thread.ts' : './writer-thread.js';
  const worker = new Worker(new URL(script, import.meta.url), { workerData: plan });
  const unanswered: PromiseWithResolvers<readonly Outcome[]>[] = [];
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let reason: StoreError = new StoreError('unknown_outcome', 'the writing thread ended before it answered');

  worker.on('message', (message: FromWriter) => {
    if ('outcomes' in message) {
      onTransaction();
      for (const outcomes of message.outcomes) unanswered.shift()?.resolve(outcomes);
    } else if (message.opened === true) {
      opened.resolve();
    } else {
      reason = storeError(message.opened);
    }
  });
  worker.on('error', (cause) => {
    reason = new StoreError('unknown_outcome', `the writing thread died: ${cause}`, { cause });
  });
  worker.on('exit', () => {
    onDeath(reason);
    opened.reject(reason);
    for (const answer of unanswered.splice(0)) answer.reject(reason);
    ended.resolve();
  });
  // Whoever waits for the opening gets its failure; so does every append sent meanwhile.
  opened.promise.catch(() => undefined);
  return { worker, opened: opened.promise, ended: ended.promise, unanswered };
}
