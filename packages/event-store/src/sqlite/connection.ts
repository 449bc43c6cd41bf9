import Database from 'better-sqlite3';
import { StoreError } from '../port.ts';

/** The one place that knows the SQLite binding. */
export type Connection = Database.Database;
export type Statement<Parameters extends unknown[], Row> = Database.Statement<Parameters, Row>;

export const IN_MEMORY = ':memory:';

/** Statements of the main thread wait so long for a lock (only recovery after a crash ever takes one from readers). */
const READER_BUSY_MS = 200;
const NEEDED_NODE = 24;

/**
 * A connection that may write; the file is made when absent. Settings that change the file are left to `makeDurable`.
 * @throws StoreError `refused` under a Node on which the binding crashes the process
 */
export function openWriting(file: string, busyMs: number): Connection {
  requireNode(process.versions.node);
  return new Database(file, { timeout: busyMs });
}

/** A connection that only reads; the file must exist. */
export function openReading(file: string): Connection {
  requireNode(process.versions.node);
  return new Database(file, { readonly: true, fileMustExist: true, timeout: READER_BUSY_MS });
}

/**
 * Makes a commit mean "on disk" and verifies that it does.
 * The write-ahead log's default here would be synchronous=NORMAL, which loses the last commits at a power cut.
 */
export function makeDurable(db: Connection): void {
  const journal = db.pragma('journal_mode = WAL', { simple: true });
  db.pragma('synchronous = FULL');
  // Without these two, fsync on macOS stops at the drive's cache; elsewhere they change nothing.
  db.pragma('fullfsync = ON');
  db.pragma('checkpoint_fullfsync = ON');
  // After a checkpoint the log starts over; a log that a long reader had let grow is cut back to this.
  db.pragma('journal_size_limit = 67108864');
  db.pragma('wal_autocheckpoint = 1000');
  const synchronous = db.pragma('synchronous', { simple: true });
  if (journal !== 'wal' || synchronous !== 2) {
    throw new StoreError(
      'refused',
      `${db.name}: commits would not be durable here (journal_mode=${journal}, synchronous=${synchronous}; wal and 2 are needed)`,
    );
  }
}

/** @throws StoreError `refused` where loading the binding would end the process with a segmentation fault */
export function requireNode(version: string): void {
  if (Number.parseInt(version, 10) < NEEDED_NODE) {
    throw new StoreError(
      'refused',
      `the SQLite store needs Node ${NEEDED_NODE} or newer; this is ${version}`,
    );
  }
}
