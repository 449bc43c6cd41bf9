import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { type Failure, failureOf } from './errors.ts';
import { type AppendRequest, type CommitGroup, type Outcome, prepareGroupCommit } from './group.ts';
import { openLedger } from './ledger-file.ts';
import { checkPlace, type PlaceCheck } from './place.ts';

export interface WriterPlan {
  readonly file: string;
  readonly busyMs: number;
}

/** To the thread: appends of one turn of the main thread, or the wish to end. */
export type ToWriter = readonly AppendRequest[] | 'close';
/** From the thread: once whether the file is open; then, after each commit, the outcomes of one or more messages. */
export type FromWriter = { readonly opened: true | Failure } | { readonly outcomes: readonly Outcome[][] };

if (!parentPort) throw new Error('this file runs as a worker thread only');
const port = parentPort;
const { file, busyMs } = workerData as WriterPlan;

try {
  serve();
  post({ opened: true });
} catch (error) {
  post({ opened: failureOf(error, 'before commit') });
  port.close();
}

function serve(): void {
  const db = openLedger(file, busyMs);
  const commit = whileInPlace(checkPlace(file), prepareGroupCommit(db, busyMs));
  port.on('message', (first: ToWriter) => {
    const { messages, closing } = takeWaiting(first);
    if (messages.length > 0) post({ outcomes: commitTogether(messages, commit) });
    if (closing) {
      db.close();
      port.close();
    }
  });
}

function whileInPlace(misplaced: PlaceCheck, commit: CommitGroup): CommitGroup {
  return (appends) => {
    const failure = misplaced();
    if (!failure) return commit(appends);
    return appends.length === 0 ? [failure] : appends.map(() => failure);
  };
}

/** Whatever has come while the last group was committed makes up the next one. */
function takeWaiting(first: ToWriter): { messages: (readonly AppendRequest[])[]; closing: boolean } {
  const messages: (readonly AppendRequest[])[] = [];
  for (let next: ToWriter | undefined = first; next !== undefined; ) {
    if (next === 'close') return { messages, closing: true };
    messages.push(next);
    next = receiveMessageOnPort(port)?.message;
  }
  return { messages, closing: false };
}

function commitTogether(messages: readonly (readonly AppendRequest[])[], commit: CommitGroup): Outcome[][] {
  const appends = messages.flat();
  const outcomes = appends.length === 0 ? [] : commit(appends);
  let taken = 0;
  return messages.map((message) => {
    if (message.length === 0) return commit(message);
    const from = taken;
    taken += message.length;
    return outcomes.slice(from, taken);
  });
}

function post(message: FromWriter): void {
  port.postMessage(message);
}
