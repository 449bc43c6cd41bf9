// Run as a process of its own: appends to a ledger from many clients at once and prints what was acknowledged,
// one line per event: its id. Arguments: file, name, clients, appends per client (0: until killed).
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openSqliteStore } from '../src/index.ts';

const [file = '', name = '', clients = '1', appends = '0'] = process.argv.slice(2);
const store = await openSqliteStore(file);

async function client(number: number): Promise<void> {
  const stream = `crash-${name}.${number}`;
  let revision = -1;
  for (let n = 0; appends === '0' || n < Number(appends); n++) {
    const size = 1 + (n % 4);
    // The body says how large its batch was, so that a torn one can be told.
    const batch = Array.from({ length: size }, (_, index) => ({
      id: randomUUID(),
      type: 'Written',
      data: JSON.stringify({ batch: n, index, size, filler: 'x'.repeat(200) }),
      metadata: '{}',
    }));
    ({ revision } = await store.append(stream, revision === -1 ? 'no_stream' : revision, batch));
    // Synchronous: what is printed has left the process before it can be killed.
    writeSync(1, batch.map(({ id }) => `${id}\n`).join(''));
  }
}

await Promise.all(Array.from({ length: Number(clients) }, (_, number) => client(number)));
await store.close();
