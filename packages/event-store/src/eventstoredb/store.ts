import { checkAppend, checkFilter, checkLimit, checkRevision, checkStream } from '../check.ts';
import { type EventStore, type NewEvent, StoreError } from '../port.ts';
import { append } from './appends.ts';
import { connect } from './connection.ts';
import { reasonOf, storeError } from './errors.ts';
import { isSystem } from './events.ts';
import { type EventStoreDbOptions, withDefaults } from './options.ts';
import { head, readLog, readStream } from './reads.ts';
import { type Host, subscribe } from './subscribe.ts';
import { serverVersion } from './versions.ts';

/** A probe must not wait as long as a read may. */
const HEALTH_MS = 3000;

/**
 * Opens a store in EventStoreDB (KurrentDB) 22.6 or later, 24.10.5 recommended. Nothing is contacted before the first
 * call, so this succeeds whether or not the server can be reached: calls then fail as `unavailable`, and
 * succeed once it can be. Open one per process.
 * @param connectionString `esdb://…` or `esdb+discover://…`; its user needs to read and write, `$all` included
 * @throws StoreError `refused` for a connection string that cannot work
 */
export function openEventStoreDb(connectionString: string, options: EventStoreDbOptions = {}): EventStore {
  const settings = withDefaults(options);
  const connection = connect(connectionString, options.appendPath);
  const closing = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  const version = serverVersion(connection, settings, closing.signal);
  let closed: Promise<void> | undefined;

  /** Runs one call of the port: none after close, each waited for by close, each error in the port's words. */
  async function call<T>(operation: 'append' | 'read', what: string, work: () => Promise<T>): Promise<T> {
    if (closed) throw new StoreError('unavailable', `${what}: the store is closed`);
    const promise = work();
    underWay.add(promise);
    try {
      const result = await promise;
      version.ask();
      return result;
    } catch (error) {
      const judged = storeError(error, operation, what);
      if (judged.kind === 'conflict') settings.signals.onConflict?.();
      if (judged.kind === 'unavailable' || judged.kind === 'unknown_outcome') {
        settings.signals.onFailure?.(operation, judged.kind, reasonOf(error));
      }
      throw judged;
    } finally {
      underWay.delete(promise);
    }
  }

  const { readTimeoutMs } = settings;
  const host: Host = {
    connection,
    settings,
    closing: closing.signal,
    trustCheckpoints: () => version.verdict()?.trustCheckpoints ?? false,
    look: (after, filter) =>
      call('read', 'reading the log', () => readLog(connection, after, 1, filter, readTimeoutMs)),
  };

  return {
    async append(stream, expected, events) {
      checkAppend(stream, expected, events);
      checkReserved(stream, events);
      const began = performance.now();
      const done = (outcome: 'ok' | StoreError['kind']): void =>
        settings.signals.onAppend?.(performance.now() - began, outcome);
      try {
        const work = () => append(connection, stream, expected, events, settings);
        const result = await call('append', `append to ${stream}`, work);
        done('ok');
        return result;
      } catch (error) {
        done((error as StoreError).kind);
        throw error;
      }
    },

    async readStream(stream, from = 0) {
      checkStream(stream);
      checkRevision('from', from);
      return call('read', `reading ${stream}`, () => readStream(connection, stream, from, readTimeoutMs));
    },

    async readLog(after, limit, filter) {
      checkLimit('limit', limit);
      checkFilter(filter);
      return call('read', 'reading the log', () => readLog(connection, after, limit, filter, readTimeoutMs));
    },

    head: () => call('read', 'reading the head', () => head(connection, readTimeoutMs)),

    subscribe: (subscription) => subscribe(host, subscription),

    async health() {
      try {
        await call('read', 'reading the head', () => head(connection, Math.min(readTimeoutMs, HEALTH_MS)));
        return { status: 'ok' };
      } catch (error) {
        return { status: 'unavailable', detail: (error as StoreError).message };
      }
    },

    close() {
      closed ??= (async () => {
        closing.abort();
        await Promise.allSettled([...underWay, version.asked()]);
        await connection.close();
      })();
      return closed;
    },
  };
}

/** @throws StoreError `refused` for names that belong to the server */
function checkReserved(stream: string, events: readonly NewEvent[]): void {
  const type = events.find((event) => isSystem(stream, event.type))?.type;
  if (type !== undefined) {
    throw new StoreError(
      'refused',
      `append of ${type} to ${stream}: names that begin with $ are the server's own`,
    );
  }
}
