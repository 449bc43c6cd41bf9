import type { NewEvent } from '../port.ts';
import type { Connection } from './connection.ts';
import { type Failure, failureOf, isBusy, type Phase } from './errors.ts';
import { touch } from './schema.ts';

/** One append, as it travels to the writer: flat, because many small objects are slow to hand to another thread. */
export interface AppendRequest {
  readonly stream: string;
  /** Revision the stream's last event must have; -1 when there must be none. */
  readonly last: number;
  /** id, type, data and metadata of each event in turn. */
  readonly texts: readonly string[];
}

/** Revision and position of the last event, or why there is none. */
export type Outcome = readonly [revision: number, position: number] | Failure;

export type CommitGroup = (appends: readonly AppendRequest[]) => Outcome[];

const TEXTS_PER_EVENT = 4;
const NEVER_WOKEN = new Int32Array(new SharedArrayBuffer(4));

export function toRequest(stream: string, last: number, events: readonly NewEvent[]): AppendRequest {
  const texts: string[] = [];
  for (const event of events) texts.push(event.id, event.type, event.data, event.metadata);
  return { stream, last, texts };
}

/**
 * Makes the function that writes many appends in one transaction: one sync of the disk for all of them.
 * Each append has its own outcome: one that misses its revision writes nothing and does no harm to the others.
 * When the transaction itself fails, all fail alike. An empty group is a probe whether writing works; its
 * outcome is empty, or the one failure.
 */
export function prepareGroupCommit(db: Connection, busyMs: number): CommitGroup {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const appendOne = prepareAppend(db);

  return (appends) => {
    let phase: Phase = 'before commit';
    try {
      untilFree(() => begin.run(), busyMs);
      if (appends.length === 0) touch(db);
      const revisions = new Map<string, number>();
      const now = Date.now();
      const outcomes = appends.map((append) => appendOne(append, revisions, now));
      phase = 'commit';
      commit.run();
      return outcomes;
    } catch (error) {
      if (db.inTransaction) rollback.run();
      const failure = failureOf(error, phase);
      return appends.length === 0 ? [failure] : appends.map(() => failure);
    }
  };
}

type AppendOne = (append: AppendRequest, revisions: Map<string, number>, now: number) => Outcome;

function prepareAppend(db: Connection): AppendOne {
  const lastRevision = db
    .prepare<[string], number | null>('SELECT max(revision) FROM events WHERE stream = ?')
    .pluck();
  const insert = db.prepare<[string, number, string, string, string, string, number], never>(
    'INSERT INTO events (stream, revision, id, type, data, metadata, stored_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const recorded = db
    .prepare<[string, number, number], [string, number]>(
      'SELECT id, position FROM events WHERE stream = ? AND revision > ? ORDER BY revision LIMIT ?',
    )
    .raw();

  /** The first answer, when exactly these ids follow the expected revision. */
  const repeated = ({ stream, last, texts }: AppendRequest): Outcome | undefined => {
    const count = texts.length / TEXTS_PER_EVENT;
    const rows = recorded.all(stream, last, count);
    const same = rows.length === count && rows.every(([id], index) => id === texts[index * TEXTS_PER_EVENT]);
    return same ? [last + count, rows[count - 1]?.[1] ?? 0] : undefined;
  };

  return (append, revisions, now) => {
    const { stream, last, texts } = append;
    const current = revisions.get(stream) ?? lastRevision.get(stream) ?? -1;
    revisions.set(stream, current);
    if (current !== last) {
      const first = current > last ? repeated(append) : undefined;
      return first ?? { kind: 'conflict', message: conflictMessage(stream, last, current) };
    }
    let revision = current;
    let position = 0;
    for (let at = 0; at < texts.length; at += TEXTS_PER_EVENT) {
      const text = (offset: number): string => texts[at + offset] as string;
      const row = insert.run(stream, ++revision, text(0), text(1), text(2), text(3), now);
      position = Number(row.lastInsertRowid);
    }
    revisions.set(stream, revision);
    return [revision, position];
  };
}

function conflictMessage(stream: string, expected: number, current: number): string {
  const name = (revision: number): string => (revision === -1 ? 'not exist' : `be at revision ${revision}`);
  const is = current === -1 ? 'it does not exist' : `it is at revision ${current}`;
  return `stream ${stream} should ${name(expected)}; ${is}`;
}

/**
 * Waits for the lock in steps of a millisecond. SQLite's own wait grows to 100 ms per step, in which a busy
 * process would take the lock hundreds of times. Blocks the thread.
 */
export function untilFree(attempt: () => void, deadlineMs: number): void {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    try {
      attempt();
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
      Atomics.wait(NEVER_WOKEN, 0, 0, 1);
    }
  }
}
