import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '../port.ts';
import { type Connection, IN_MEMORY, openReading } from './connection.ts';
import { failureOf, storeError } from './errors.ts';
import { openLedger } from './ledger-file.ts';
import { noWriter, startWriter, type Writer, writeHere } from './writer.ts';

/** What a store works with. */
export interface Opened {
  /** The connection of the calling thread. */
  readonly db: Connection;
  readonly writer: Writer;
}

export function openMemory(): Opened {
  const db = openLedger(IN_MEMORY, 0);
  return { db, writer: writeHere(db) };
}

/** Starts the writer first, which makes the file; the connection that only reads comes second. */
export async function openFile(file: string, busyMs: number, readOnly: boolean): Promise<Opened> {
  checkName(file);
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (error) {
    throw new StoreError('unavailable', `the folder of ${file} cannot be made: ${error}`, { cause: error });
  }
  if (readOnly) openLedger(file, busyMs).close();
  const writer = readOnly ? noWriter : await startWriter({ file, busyMs });
  try {
    return { db: openReading(file), writer };
  } catch (error) {
    await writer.close();
    throw storeError(failureOf(error, 'before commit'), error);
  }
}

/** The binding would trim the name, and takes an empty one for a file of its own that vanishes. */
function checkName(file: string): void {
  if (file === '' || file !== file.trim()) {
    throw new StoreError(
      'refused',
      `${JSON.stringify(file)} is no name for a ledger: empty, or with space at an end`,
    );
  }
}
