// Run as a process of its own: follows a ledger from its start and prints the id of every event until there are enough.
// Arguments: file, number of events.
import { openSqliteStore, START } from '../src/index.ts';

const [file = '', wanted = '0'] = process.argv.slice(2);
const store = await openSqliteStore(file);
const signal = new AbortController().signal;
let seen = 0;
for await (const { events, caughtUp } of store.subscribe({ after: START, signal, maxBatch: 100 })) {
  if (caughtUp && seen === 0 && events.length === 0) process.stdout.write('ready\n');
  for (const { id } of events) process.stdout.write(`${id}\n`);
  seen += events.length;
  if (seen >= Number(wanted)) break;
}
await store.close();
