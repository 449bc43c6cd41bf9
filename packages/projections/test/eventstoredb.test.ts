import { type EventStore, openStore } from '@countersign/event-store';
import { afterEach, expect, test } from '@jest/globals';
import { type Double, startDouble } from '../../event-store/test/eventstoredb/double/server.ts';
import { type Projections, startProjections } from '../src/index.ts';
import { randomLedger } from './support/generate.ts';
import { append, cleanUp, eventually, later, tempDir } from './support/ledger.ts';
import { at } from './support/requests.ts';

afterEach(cleanUp);

const NAMES = ['requests', 'audit', 'statistics', 'metrics', 'deadlines', 'slack', 'closings'] as const;

interface World {
  readonly double: Double;
  readonly store: EventStore;
  readonly logged: string[];
  start(): Promise<Projections>;
}

/** Views in their worker thread, over a server that speaks EventStoreDB's protocol. */
async function world(): Promise<World> {
  const double = await startDouble();
  later(() => double.stop());
  const storeUrl = double.connectionString;
  const store = await openStore(storeUrl);
  later(() => store.close());
  const dataDir = tempDir();
  const logged: string[] = [];
  return {
    double,
    store,
    logged,
    async start() {
      const log = (level: string, message: string) => void logged.push(`${level} ${message}`);
      const projections = await startProjections({ storeUrl, store, dataDir, log });
      later(() => projections.close());
      return projections;
    },
  };
}

async function reached(projections: Projections, position: string): Promise<void> {
  for (const name of NAMES) expect(await projections.waitFor(name, position, 15_000)).toBe(true);
}

const total = (projections: Projections): number =>
  projections.requests.list({ tenant: 'default', now: at(0), limit: 1, offset: 0 }).total;

test('views follow a server through its absence, and are rebuilt from it', async () => {
  const { double, store, start } = await world();
  const projections = await start();
  expect(await projections.ready(15_000)).toBe(true);
  await reached(projections, await append(store, randomLedger(5, 30).steps));
  await double.stop();
  await double.start();
  const { steps } = randomLedger(6, 20);
  const more = steps.map(({ stream, event }) => ({ stream: `${stream}-2`, event }));
  let last = '';
  await eventually('it takes appends again', async () => {
    last = await append(store, more).catch(() => '');
    return last !== '';
  });
  await reached(projections, last);
  expect(total(projections)).toBe(50);
  const { done } = await projections.rebuild('requests');
  await done;
  expect(total(projections)).toBe(50);
}, 30_000);

test('views that stand behind what the server wrote itself go on at the next start', async () => {
  const { double, store, logged, start } = await world();
  const first = await start();
  expect(await first.ready(15_000)).toBe(true);
  const last = await append(store, randomLedger(5, 10).steps);
  await reached(first, last);
  await first.close();
  for (let n = 0; n < 3; n++) double.log.write('$stats-127.0.0.1:2113', { type: '$statsCollected' });
  const second = await start();
  await eventually('they stand behind it', () => second.status().some(({ position }) => position > last));
  await second.close();
  logged.length = 0;
  const third = await start();
  expect(await third.ready(15_000)).toBe(true);
  expect(logged).toEqual([]);
  expect(total(third)).toBe(10);
}, 30_000);

test('views whose server comes late begin by themselves', async () => {
  const { double, store, start } = await world();
  const last = await append(store, randomLedger(5, 10).steps);
  await double.stop();
  const projections = await start();
  await eventually('they have tried', () => projections.status().some(({ lastError }) => lastError));
  expect(projections.health().status).not.toBe('ok');
  await double.start();
  await reached(projections, last);
  expect(total(projections)).toBe(10);
}, 30_000);
