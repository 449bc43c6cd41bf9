import { mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  checkAppend,
  checkFilter,
  checkLimit,
  checkRevision,
  checkStream,
  MAX_APPEND_BYTES,
} from '../check.ts';
import { type EventStore, StoreError, type StoreHealth } from '../port.ts';
import { createChanges } from './changes.ts';
import { type Connection, IN_MEMORY, openReading } from './connection.ts';
import { failureOf, storeError } from './errors.ts';
import { toRequest } from './group.ts';
import { openLedger } from './ledger-file.ts';
import { createQueue } from './queue.ts';
import { createReader } from './reader.ts';
import { subscribeTo } from './subscription.ts';
import { startWriter, type Writer, writeHere } from './writer.ts';

export interface SqliteOptions {
  /** How long a commit waits for another process's lock before it is `unavailable`; default 5000. */
  readonly busyMs?: number;
  /** How often a subscriber looks for events of other processes; default 20. */
  readonly watchMs?: number;
  /** Appends that may wait for the disk; more are `unavailable` at once; default 20,000. */
  readonly maxWaiting?: number;
  /** Bytes of their text, as an upper bound; default 256 MiB. */
  readonly maxWaitingBytes?: number;
}

export interface SqliteStats {
  /** Appends answered with success since the store was opened. */
  readonly appends: number;
  /** Transactions they took. */
  readonly transactions: number;
}

export interface SqliteStore extends EventStore {
  stats(): SqliteStats;
}

/**
 * Opens a ledger kept in one SQLite file, making file and folder when absent; several processes may have it open.
 * @param file path, or `:memory:` for a ledger that only this store sees and that ends with it
 * @throws StoreError `refused` (foreign or newer file, Node too old) | `unavailable` (cannot be opened now)
 */
export async function openSqliteStore(file: string, options: SqliteOptions = {}): Promise<SqliteStore> {
  const { db, writer } = file === IN_MEMORY ? openMemory() : await openFile(file, options.busyMs ?? 5000);
  const reader = createReader(db);
  const watch = file === IN_MEMORY ? undefined : reader.dataVersion;
  const changes = createChanges(watch, options.watchMs ?? 20);
  const limits = {
    maxWaiting: options.maxWaiting ?? 20_000,
    maxWaitingBytes: options.maxWaitingBytes ?? 2 ** 28,
  };
  const queue = createQueue(writer, limits, changes.notify);
  let closing: Promise<void> | undefined;

  const ensureOpen = (): void => {
    if (closing) throw new StoreError('unavailable', `the store ${file} is closed`);
  };
  const source = {
    changes,
    get closed() {
      return closing !== undefined;
    },
    readLog(...[after, limit, filter]: Parameters<typeof reader.readLog>) {
      ensureOpen();
      return reader.readLog(after, limit, filter);
    },
  };
  const shut = async (): Promise<void> => {
    changes.end();
    await queue.drained();
    await writer.close();
    db.close();
  };

  return {
    async append(stream, expected, events) {
      ensureOpen();
      const bytes = checkAppend(stream, expected, events);
      return queue.push(toRequest(stream, expected === 'no_stream' ? -1 : expected, events), bytes);
    },
    async readStream(stream, from = 0) {
      ensureOpen();
      checkStream(stream);
      checkRevision('revision', from);
      return reader.readStream(stream, from);
    },
    async readLog(after, limit, filter) {
      checkLimit('limit', limit);
      checkFilter(filter);
      return source.readLog(after, limit, filter);
    },
    async head() {
      ensureOpen();
      return reader.head();
    },
    subscribe: (subscription) => subscribeTo(source, subscription),
    async health() {
      if (closing) return { status: 'unavailable', detail: `the store ${file} is closed` };
      return probe(file, writer, reader.head, queue.failure);
    },
    close() {
      closing ??= shut();
      return closing;
    },
    stats: () => ({ appends: queue.appended, transactions: writer.transactions }),
  };
}

interface Opened {
  /** The connection of the calling thread. */
  readonly db: Connection;
  readonly writer: Writer;
}

function openMemory(): Opened {
  const db = openLedger(IN_MEMORY, 0);
  return { db, writer: writeHere(db) };
}

async function openFile(file: string, busyMs: number): Promise<Opened> {
  checkName(file);
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (error) {
    throw new StoreError('unavailable', `the folder of ${file} cannot be made: ${error}`, { cause: error });
  }
  const writer = await startWriter({ file, busyMs });
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

/** Reading is tried always, writing only when the newest append failed: it costs a sync of the disk. */
async function probe(
  file: string,
  writer: Writer,
  read: () => unknown,
  failed: StoreError | undefined,
): Promise<StoreHealth> {
  try {
    read();
    if (!failed) return { status: 'ok' };
    const [failure] = await writer.commit([]);
    if (failure && 'message' in failure) return { status: 'unavailable', detail: failure.message };
    // Room for the probe is not yet room for an append.
    const free = file === IN_MEMORY ? Number.POSITIVE_INFINITY : await freeBytes(dirname(file));
    if (free >= 2 * MAX_APPEND_BYTES) return { status: 'ok' };
    return { status: 'unavailable', detail: `disk full: ${free} bytes are left beside ${file}` };
  } catch (error) {
    return { status: 'unavailable', detail: error instanceof Error ? error.message : String(error) };
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
