import { type Connection, IN_MEMORY, makeDurable, openWriting } from './connection.ts';
import { failureOf, storeError } from './errors.ts';
import { untilFree } from './group.ts';
import { createTables, isEmptyLedger } from './schema.ts';

/**
 * Opens a ledger for writing, making it when the file is new or empty. A foreign file is not touched.
 * @throws StoreError `refused` | `unavailable`
 */
export function openLedger(file: string, busyMs: number): Connection {
  let db: Connection | undefined;
  try {
    const opened = openWriting(file, busyMs);
    db = opened;
    // Turning the write-ahead log on fails at once, without waiting, when two processes do it together.
    untilFree(() => prepare(opened), busyMs);
    opened.pragma('busy_timeout = 0');
    return opened;
  } catch (error) {
    db?.close();
    throw storeError(failureOf(error, 'before commit'), error);
  }
}

function prepare(db: Connection): void {
  const empty = isEmptyLedger(db);
  if (db.name !== IN_MEMORY) makeDurable(db);
  if (empty) createTables(db);
}
