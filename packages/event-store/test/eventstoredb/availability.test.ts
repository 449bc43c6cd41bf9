import { expect, test } from '@jest/globals';
import { follow } from '../../src/contract/index.ts';
import { START } from '../../src/port.ts';
import { appendUntilKnown, events, failure, IMPATIENT, ids, until, useBench } from './support.ts';

const bench = useBench();

test('a server that is not there when the store opens is found once it is', async () => {
  const double = await bench.double({ started: false });
  const { store, told } = bench.open(double.connectionString);
  expect(await store.health()).toMatchObject({ status: 'unavailable', detail: expect.any(String) });
  expect(await failure(store.append('approval-1', 'no_stream', events(1)))).toMatchObject({
    kind: 'unavailable',
  });
  expect(await failure(store.readLog(START, 10))).toMatchObject({ kind: 'unavailable' });
  const reader = follow(store, { after: START });
  await until('some tries', () => told.resubscribes.length > 2);
  expect(told.attempts.slice(0, 3)).toEqual([1, 2, 3]);

  await double.start();
  const batch = events(3);
  await appendUntilKnown(store, 'approval-1', 'no_stream', batch);
  await reader.until('the events', () => reader.events.length >= 3);
  await reader.stop();
  expect(ids(reader.events)).toEqual(ids(batch));
  expect(await store.health()).toEqual({ status: 'ok' });
});

test('appends through two restarts are there once each, in order', async () => {
  const double = await bench.double();
  const { store } = bench.open(double.connectionString);
  const batches = Array.from({ length: 40 }, () => events(2));
  let restarts = Promise.resolve();
  for (const [index, batch] of batches.entries()) {
    if (index === 10 || index === 25) restarts = double.stop().then(() => double.start());
    await appendUntilKnown(store, 'approval-1', index === 0 ? 'no_stream' : 2 * index - 1, batch);
  }
  await restarts;
  expect(ids(await store.readStream('approval-1'))).toEqual(ids(batches.flat()));
});

test('a subscription goes on over a restart without loss or repetition', async () => {
  const double = await bench.double();
  const { store, told } = bench.open(double.connectionString);
  const { store: writer } = bench.open(double.connectionString);
  const reader = follow(store, { after: START, maxBatch: 7 });
  const written: string[] = [];
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < 10; n++) {
      const batch = events(3);
      await appendUntilKnown(writer, `approval-${round}-${n}`, 'no_stream', batch);
      written.push(...ids(batch));
    }
    await reader.until('this round', () => reader.events.length >= written.length);
    await double.stop();
    await double.start();
  }
  const last = events(1);
  await appendUntilKnown(writer, 'approval-last', 'no_stream', last);
  await reader.until('the last', () => reader.events.length > written.length);
  await reader.stop();
  expect(ids(reader.events)).toEqual([...written, ...ids(last)]);
  expect(told.resubscribes.length).toBeGreaterThanOrEqual(3);
});

test('close ends what waits on a silent server, and is done in time', async () => {
  const double = await bench.double();
  const { store } = bench.open(double.connectionString, IMPATIENT);
  for (const call of ['append', 'read', 'subscribe', 'features'] as const) double.faults.silent.add(call);
  const append = failure(store.append('approval-1', 'no_stream', events(1)));
  const read = failure(store.readStream('approval-1'));
  const reader = follow(store, { after: START });
  await until('all of them', () => new Set(double.calls).size >= 2);
  const began = performance.now();
  await store.close();
  expect(performance.now() - began).toBeLessThan(2500);
  expect((await append).kind).toBe('unknown_outcome');
  expect((await read).kind).toBe('unavailable');
  await expect(reader.done).rejects.toMatchObject({ kind: 'unavailable' });
});
