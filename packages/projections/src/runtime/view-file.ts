import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import type { Position } from '@countersign/event-store';
import Database from 'better-sqlite3';
import { CheckpointMoved } from './errors.ts';
import type { Projection } from './projection.ts';
import { messageOf } from './sqlite-error.ts';

/** "CSvw": marks the file as a view of this program (`PRAGMA application_id`). */
const APPLICATION_ID = 0x43537677;

/** The one row of a view file about the file itself. */
export interface ViewMeta {
  readonly name: string;
  readonly version: number;
  /** A file that is `building` is of no use to anybody but its builder. */
  readonly state: 'building' | 'ready';
  readonly position: Position;
  readonly handled: number;
  /** The last event handled, and a place directly before it: by these the file knows its ledger again. */
  readonly anchorAfter: Position;
  readonly anchorId: string | null;
}

export type Checkpoint = Pick<ViewMeta, 'position' | 'handled' | 'anchorAfter' | 'anchorId'>;

const META = `
  CREATE TABLE view (
    name         TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('building', 'ready')),
    position     TEXT    NOT NULL,
    handled      INTEGER NOT NULL,
    anchor_after TEXT    NOT NULL,
    anchor_id    TEXT
  ) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
`;
const READ_META = `SELECT name, version, state, position, handled, anchor_after AS anchorAfter, anchor_id AS anchorId
  FROM view`;

/** A new file that is written as fast as possible and is worth nothing after a crash. */
export function createBuilding(file: string, projection: Projection): Database.Database {
  removeView(file);
  const db = new Database(file, { timeout: 1000 });
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -32768');
  db.exec(META);
  db.prepare("INSERT INTO view VALUES (?, ?, 'building', '', 0, '', NULL)").run(
    projection.name,
    projection.version,
  );
  db.exec(projection.tables);
  return db;
}

/** From now on every commit leaves the file whole, whatever happens. */
export function makeCrashSafe(db: Database.Database): void {
  const journal = db.pragma('journal_mode = WAL', { simple: true });
  if (journal !== 'wal') throw new Error(`${db.name}: journal_mode is ${journal} where wal was asked for`);
  setLivePragmas(db);
}

/** The file is complete and on disk: it may take the place of the one in force. */
export function markReady(db: Database.Database): void {
  db.pragma('wal_checkpoint(TRUNCATE)');
  // What was written while building was never synced.
  const handle = openSync(db.name, 'r+');
  fsyncSync(handle);
  closeSync(handle);
  db.prepare("UPDATE view SET state = 'ready'").run();
  db.pragma('wal_checkpoint(TRUNCATE)');
}

/** Opens a finished file for writing. @throws SqliteError when it is not what it should be */
export function openReady(file: string): Database.Database {
  const db = new Database(file, { fileMustExist: true, timeout: 1000 });
  setLivePragmas(db);
  return db;
}

function setLivePragmas(db: Database.Database): void {
  // NORMAL may lose the last commits at a power cut, rows and checkpoint together: they are then made again.
  db.pragma('synchronous = NORMAL');
  db.pragma('journal_size_limit = 16777216');
  db.pragma('cache_size = -4096');
}

/** What a file says of itself; a reason when it is no view that can be used. Costs the same at any size. */
export function inspect(file: string): ViewMeta | { readonly broken: string } {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { fileMustExist: true, timeout: 1000 });
    if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID)
      return { broken: 'it is not one of our files' };
    return db.prepare<[], ViewMeta>(READ_META).get() ?? { broken: 'it does not say what it is' };
  } catch (error) {
    return { broken: messageOf(error) };
  } finally {
    db?.close();
  }
}

/** Reads and moves the checkpoint of an open file. */
export function checkpointOf(db: Database.Database, projection: string) {
  const read = db.prepare<[], ViewMeta>(READ_META);
  const move = db.prepare<[Position, number, Position, string | null, Position], unknown>(
    'UPDATE view SET position = ?, handled = ?, anchor_after = ?, anchor_id = ? WHERE position = ?',
  );
  const meta = (): ViewMeta => {
    const found = read.get();
    if (!found) throw new Error(`${db.name} has lost its checkpoint`);
    return found;
  };
  return {
    read: meta,
    /** Belongs in the transaction that writes the rows. @throws CheckpointMoved unless it still is at `from` */
    move(from: Position, { position, handled, anchorAfter, anchorId }: Checkpoint): void {
      const { changes } = move.run(position, handled, anchorAfter, anchorId, from);
      if (changes === 0) throw new CheckpointMoved(projection, from, meta().position);
    },
  };
}

/** Deletes a view file and what SQLite keeps beside it. */
export function removeView(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true });
}
