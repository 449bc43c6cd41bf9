import { openStore } from '@countersign/event-store';
import { startProjections } from '../../src/index.ts';
import { randomLedger } from './generate.ts';
import { newEvent } from './ledger.ts';

/** A process of its own that appends and projects until it is killed. Says `events <n>` as it goes. */

const [url = '', dataDir = ''] = process.argv.slice(2);
const store = await openStore(url);
const projections = await startProjections({ storeUrl: url, dataDir });
await projections.ready(10_000);
const { steps } = randomLedger(5, 5000);
const revisions = new Map<string, number>();
for (const [n, { stream, event }] of steps.entries()) {
  const revision = revisions.get(stream);
  revisions.set(stream, revision === undefined ? 0 : revision + 1);
  await store.append(stream, revision ?? 'no_stream', [newEvent(event)]);
  if (n % 50 === 0) process.stdout.write(`events ${n}\n`);
}
