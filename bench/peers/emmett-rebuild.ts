import { join } from 'node:path';
import { type LedgerEvent, parseEvent } from '@countersign/domain';
import { openSqliteStore, START } from '@countersign/event-store';
import { answerAs } from '../harness/side.ts';
import { makeTempDir } from '../harness/temp.ts';
import { peer } from './load.ts';

/**
 * Emmett's SQLite projection over the same events: its consumer, one SQL statement per event, batches of 1000 and no
 * pause between them (its default is 100 and 50 ms). The folder of our ledger is the first argument.
 */
const [folder = ''] = process.argv.slice(2);
const { getSQLiteEventStore, sqliteConnection, sqliteRawSQLProjection } = await peer(
  '@event-driven-io/emmett-sqlite',
);
const dir = makeTempDir('emmett-rebuild');
const fileName = join(dir.path, 'events.db');
const connection = sqliteConnection({ fileName });
const eventStore = getSQLiteEventStore({ fileName, connectionOptions: { singleton: true, connection } });
await eventStore.schema.migrate();
const total = await copyLedger();

async function copyLedger(): Promise<number> {
  const store = await openSqliteStore(join(folder, 'ledger.db'));
  const streams = new Map<string, LedgerEvent[]>();
  let events = 0;
  for (let after = START, end = false; !end; ) {
    const page = await store.readLog(after, 5000, { categories: ['approval'] });
    for (const recorded of page.events) {
      const stream = streams.get(recorded.stream) ?? [];
      stream.push(parseEvent(recorded));
      streams.set(recorded.stream, stream);
      events++;
    }
    after = page.position;
    end = page.end;
  }
  await store.close();
  for (const [stream, of] of streams) await eventStore.appendToStream(stream, of);
  return events;
}

const literal = (value: string) => `'${value.replaceAll("'", "''")}'`;

// biome-ignore lint/suspicious/noExplicitAny: the peer's events are not typed here
function sqlFor({ type, data, metadata }: any): string {
  const id = literal(metadata.streamName);
  const at = literal(data.at);
  switch (type) {
    case 'ApprovalRequested':
      return `INSERT INTO requests (id, status, action, requester, created_at, updated_at, expires_at, stage, approvals)
        VALUES (${id}, 'pending', ${literal(data.action)}, ${literal(data.by.sub)}, ${at}, ${at}, ${literal(data.expiresAt)}, 0, 0)`;
    case 'ApprovalGranted':
      return `UPDATE requests SET approvals = approvals + 1, updated_at = ${at} WHERE id = ${id}`;
    case 'StageCompleted':
      return `UPDATE requests SET stage = ${data.stage + 1}, updated_at = ${at} WHERE id = ${id}`;
    case 'RequestApproved':
      return `UPDATE requests SET status = 'approved', decided_by = ${literal(data.by.sub)}, updated_at = ${at} WHERE id = ${id}`;
    default:
      return `UPDATE requests SET updated_at = ${at} WHERE id = ${id}`;
  }
}

let runs = 0;

async function run(): Promise<{ events: number; milliseconds: number }> {
  runs++;
  await connection.command('DROP TABLE IF EXISTS requests');
  await connection.command(`CREATE TABLE requests (id TEXT PRIMARY KEY, status TEXT, action TEXT, requester TEXT,
    created_at TEXT, updated_at TEXT, expires_at TEXT, stage INTEGER, approvals INTEGER, decided_by TEXT)`);
  await connection.command('CREATE INDEX requests_status ON requests (status, created_at)');
  await connection.command('CREATE INDEX requests_requester ON requests (requester, created_at)');
  const canHandle = [
    'ApprovalRequested',
    'PersonaAcknowledged',
    'ApprovalGranted',
    'StageCompleted',
    'RequestApproved',
  ];
  const consumer = eventStore.consumer({ pulling: { batchSize: 1000, pullingFrequencyInMs: 0 } });
  let handled = 0;
  consumer.processor({
    processorId: `rebuild-${runs}`,
    projection: sqliteRawSQLProjection({ canHandle, evolve: (event: unknown) => sqlFor(event) }),
    startFrom: 'BEGINNING',
    stopAfter: () => ++handled === total,
  });
  const began = performance.now();
  await consumer.start();
  const milliseconds = performance.now() - began;
  const [{ rows, approved }] = await connection.query(
    "SELECT count(*) AS rows, sum(status = 'approved') AS approved FROM requests",
  );
  if (handled !== total || rows === 0 || approved === 0) {
    throw new Error(`Emmett handled ${handled} of ${total} events, into ${rows} rows, ${approved} approved`);
  }
  return { events: total, milliseconds };
}

answerAs({
  run,
  close() {
    connection.close();
    dir.remove();
  },
});
