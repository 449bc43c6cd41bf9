import { checkAppend, checkFilter, checkLimit, checkRevision, checkStream } from '../check.ts';
import { type EventStore, StoreError } from '../port.ts';
import { createChanges } from './changes.ts';
import { IN_MEMORY, requireNode } from './connection.ts';
import { storeError } from './errors.ts';
import { toRequest } from './group.ts';
import { probe } from './health.ts';
import { openFile, openMemory } from './open.ts';
import { checkPlace } from './place.ts';
import { parsePosition } from './position.ts';
import { createQueue } from './queue.ts';
import { createReader } from './reader.ts';
import { subscribeTo } from './subscription.ts';

export interface SqliteOptions {
  /** How long a commit waits for another process's lock before it is `unavailable`; default 5000. */
  readonly busyMs?: number;
  /** Appends are refused, and no thread for them is started. The file is made when absent all the same. */
  readonly readOnly?: boolean;
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
  requireNode(process.versions.node);
  const { db, writer } =
    file === IN_MEMORY
      ? openMemory()
      : await openFile(file, options.busyMs ?? 5000, options.readOnly ?? false);
  const reader = createReader(db);
  const watch = file === IN_MEMORY ? undefined : reader.dataVersion;
  const changes = createChanges(watch, options.watchMs ?? 20);
  const limits = {
    maxWaiting: options.maxWaiting ?? 20_000,
    maxWaitingBytes: options.maxWaitingBytes ?? 2 ** 28,
  };
  const queue = createQueue(writer, limits, changes.notify);
  let closing: Promise<void> | undefined;

  const misplaced = file === IN_MEMORY ? () => undefined : checkPlace(file);
  const read = (): void => {
    reader.head();
    const failure = misplaced();
    if (failure) throw storeError(failure);
  };

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
    // The last connection to go empties the write-ahead log into the file, if it may write.
    db.close();
    await writer.close();
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
    // Rows are numbered without holes: none is ever deleted, and a failed append takes its numbers back.
    distance: (after, upTo) => Math.max(0, parsePosition(upTo) - parsePosition(after)),
    subscribe: (subscription) => subscribeTo(source, subscription),
    async health() {
      if (closing) return { status: 'unavailable', detail: `the store ${file} is closed` };
      return probe(file, writer, read, queue.failure);
    },
    close() {
      closing ??= shut();
      return closing;
    },
    stats: () => ({ appends: queue.appended, transactions: writer.transactions }),
  };
}
