import { StoreError } from '../port.ts';
import type { Connection } from './connection.ts';

/** "CSgn": marks the file as a ledger of this program (`PRAGMA application_id`). */
const APPLICATION_ID = 0x4353676e;
/** Version of the tables below (`PRAGMA user_version`). */
export const SCHEMA_VERSION = 1;

// No index on the id: ids are compared within a stream only, and random keys would dirty a page per event.
// The triggers keep the promise that nothing recorded changes. AUTOINCREMENT never gives a position twice, not even after
// a tail was cut off by force: whoever stood behind it would silently miss what came in its place.
const SCHEMA = `
  CREATE TABLE events (
    position  INTEGER PRIMARY KEY AUTOINCREMENT,
    stream    TEXT    NOT NULL,
    revision  INTEGER NOT NULL,
    id        TEXT    NOT NULL,
    type      TEXT    NOT NULL,
    data      TEXT    NOT NULL,
    metadata  TEXT    NOT NULL,
    stored_at INTEGER NOT NULL,
    UNIQUE (stream, revision)
  ) STRICT;
  CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events never change'); END;
  CREATE TRIGGER events_never_vanish BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events never vanish'); END;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * Looks at the file without changing it.
 * @returns whether the tables are still to be made
 * @throws StoreError `refused` for a file of something else or of a newer version of this program
 */
export function isEmptyLedger(db: Connection): boolean {
  // In one transaction: another process may be making the tables just now.
  const [application, version, objects] = db.transaction(() => [
    db.pragma('application_id', { simple: true }),
    db.pragma('user_version', { simple: true }),
    db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get(),
  ])();
  if (application === 0 && version === 0 && objects === 0) return true;
  if (application !== APPLICATION_ID) {
    throw new StoreError('refused', `${db.name} is an SQLite file of another program; it is left as it is`);
  }
  if (version !== SCHEMA_VERSION) {
    throw new StoreError(
      'refused',
      `${db.name} has version ${version} of the ledger’s tables; this program knows version ${SCHEMA_VERSION}`,
    );
  }
  return false;
}

/** Makes the tables unless another process was faster. */
export function createTables(db: Connection): void {
  db.transaction(() => {
    if (isEmptyLedger(db)) db.exec(SCHEMA);
  }).immediate();
}

/** A write that changes nothing, to find out whether writing works. Belongs in a transaction. */
export function touch(db: Connection): void {
  db.pragma(`user_version = ${SCHEMA_VERSION}`);
}
