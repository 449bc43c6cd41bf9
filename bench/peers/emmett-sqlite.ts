import { join } from 'node:path';
import { closedLoop } from '../harness/closed-loop.ts';
import { answerAs } from '../harness/side.ts';
import { makeTempDir } from '../harness/temp.ts';
import { emmettClient } from './commands.ts';
import { peer } from './load.ts';

const { getSQLiteEventStore, sqliteConnection } = await peer('@event-driven-io/emmett-sqlite');

/**
 * Emmett on SQLite as it works under concurrency: one connection for all, and one command at a time on it. (Its
 * default, a connection per operation, ends in SQLITE_BUSY with 32 commands at once.)
 */
const dir = makeTempDir('emmett-sqlite');
const fileName = join(dir.path, 'events.db');
const connection = sqliteConnection({ fileName });
const eventStore = getSQLiteEventStore({ fileName, connectionOptions: { singleton: true, connection } });
await eventStore.schema.migrate();
const [{ synchronous }] = await connection.query('PRAGMA synchronous');
if (synchronous !== 2) throw new Error(`Emmett's connection is not durable: synchronous=${synchronous}`);

let tail: Promise<unknown> = Promise.resolve();
function queued<T>(work: () => Promise<T>): Promise<T> {
  const mine = tail.then(work, work);
  tail = mine;
  return mine;
}

answerAs({
  run: ({ clients, seconds }: { clients: number; seconds: number }) =>
    closedLoop(clients, seconds, () => {
      const next = emmettClient(eventStore);
      return () => queued(next);
    }),
  close() {
    connection.close();
    dir.remove();
  },
});
