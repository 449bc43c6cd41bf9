import { setImmediate } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { describe, expect, test } from '@jest/globals';
import { follow } from '../../src/contract/index.ts';
import { type Position, type RecordedEvent, START, type SubscriptionBatch } from '../../src/port.ts';
import { failure as serverError } from './double/faults.ts';
import { events, failure, ids, until, useBench } from './support.ts';

const bench = useBench();

/** No position may stand before an event that is yet to come, no "caught up" before an event of the past. */
function expectOrder(
  batches: readonly SubscriptionBatch[],
  all: readonly RecordedEvent[],
  known: Position,
): void {
  const given = new Set<string>();
  for (const batch of batches) {
    for (const { id } of batch.events) given.add(id);
    const owed = all.filter(({ id, position }) => position <= batch.position && !given.has(id));
    expect(ids(owed)).toEqual([]);
    if (batch.caughtUp)
      expect(ids(all.filter(({ id, position }) => position <= known && !given.has(id)))).toEqual([]);
  }
}

describe('markers', () => {
  test('come behind their events, however many of those wait', async () => {
    const double = await bench.double();
    const { store } = bench.open(double.connectionString, { bufferSize: 16 });
    for (let n = 0; n < 8; n++) {
      await store.append(`approval-${n}`, 'no_stream', events(10));
      await store.append(`other-${n}`, 'no_stream', events(30));
    }
    const known = await store.head();
    const filter = { categories: ['approval'] };
    // Slower than the server: whenever it takes some events, others and their markers have come up behind them.
    const slowly = async (): Promise<void> => {
      for (let turn = 0; turn < 20; turn++) await setImmediate();
    };
    const reader = follow(store, { after: START, filter, maxBatch: 5, onBatch: slowly });
    await reader.until('caught up', () => reader.batches.some(({ caughtUp }) => caughtUp));
    await reader.stop();
    const all = (await store.readLog(START, 1000, filter)).events;
    expect(reader.events).toEqual(all);
    expectOrder(reader.batches, all, known);
    // Checkpoints were used: the position moved on without an event, too.
    const moved = reader.batches.filter((batch) => batch.position !== batch.events.at(-1)?.position);
    expect(moved.some(({ caughtUp }) => !caughtUp)).toBe(true);
  });

  test('that are repeated say nothing new', async () => {
    const double = await bench.double();
    double.faults.repeatCaughtUp = true;
    const { store } = bench.open(double.connectionString);
    const reader = follow(store, { after: START });
    await reader.until('caught up', () => reader.batches.some(({ caughtUp }) => caughtUp));
    for (let n = 0; n < 5; n++) await store.append(`approval-${n}`, 'no_stream', events(1));
    await reader.until('five', () => reader.events.length === 5);
    await reader.stop();
    expect(reader.batches.filter((batch) => batch.events.length === 0)).toHaveLength(1);
    expect(reader.batches.at(-1)?.caughtUp).toBe(true);
  });

  test('of a server that never says "caught up" are made from the log', async () => {
    const double = await bench.double({ version: '22.10.5.0' });
    double.faults.noCaughtUp = true;
    double.faults.noCheckpoints = true;
    const { store } = bench.open(double.connectionString);
    const filter = { categories: ['approval'] };
    await store.append('approval-1', 'no_stream', events(5));
    const { position } = await store.append('other-1', 'no_stream', events(5));
    const reader = follow(store, { after: START, filter });
    await reader.until('caught up', () => reader.batches.some(({ caughtUp }) => caughtUp));
    expect(reader.events).toHaveLength(5);
    expect(reader.batches.at(-1)?.position).toBe(position);
    await reader.stop();
  });

  test('move the position over events that do not match, also while nothing else comes', async () => {
    const double = await bench.double();
    double.faults.noCheckpoints = true;
    const { store } = bench.open(double.connectionString, { watchdogMs: 50 });
    const reader = follow(store, { after: START, filter: { categories: ['approval'], types: ['Never'] } });
    await reader.until('caught up', () => reader.batches.some(({ caughtUp }) => caughtUp));
    const { position } = await store.append('other-1', 'no_stream', events(5));
    await reader.until('the position', () => (reader.batches.at(-1)?.position ?? '') >= position);
    await reader.stop();
    expect(reader.events).toEqual([]);
  });

  test('ahead of events are not used on servers known for them', async () => {
    const double = await bench.double({ version: '25.0.0' });
    double.faults.earlyCheckpoint = true;
    const { store, told } = bench.open(double.connectionString);
    await store.append('approval-1', 'no_stream', events(50));
    await until('the warning', () => told.warnings.length > 0);
    const known = await store.head();
    const reader = follow(store, { after: START, filter: { categories: ['approval'] }, maxBatch: 10 });
    await reader.until('all', () => reader.events.length >= 50);
    await reader.stop();
    expectOrder(reader.batches, await store.readStream('approval-1'), known);
  });

  test('ahead of events lose none of them anywhere', async () => {
    const double = await bench.double();
    const { store, told } = bench.open(double.connectionString);
    const batch = events(50);
    await store.append('approval-1', 'no_stream', batch);
    await until('the version', () => double.calls.includes('GetSupportedMethods'));
    await store.head();
    double.faults.earlyCheckpoint = true;
    const reader = follow(store, { after: START, filter: { categories: ['approval'] }, maxBatch: 10 });
    await reader.until('all', () => reader.events.length >= 50);
    await reader.stop();
    expect(ids(reader.events)).toEqual(ids(batch));
    expect(told.warnings.some((warning) => warning.includes('behind the checkpoint'))).toBe(true);
  });
});

describe('a lost subscription', () => {
  test.each([
    ['ended by the server without an error', 'ended'],
    ['broken with a status', 'error'],
  ])('%s is opened again without loss or repetition', async (_, reason) => {
    const double = await bench.double();
    const { store, told } = bench.open(double.connectionString);
    const reader = follow(store, { after: START, maxBatch: 4 });
    const written: string[] = [];
    for (let round = 0; round < 5; round++) {
      await until('the subscription', () => double.subscriptions() === 1);
      const batch = events(10);
      await store.append(`approval-${round}`, 'no_stream', batch);
      written.push(...ids(batch));
      if (reason === 'ended') double.endSubscriptions();
      else double.failSubscriptions(status.UNAVAILABLE, 'gone');
    }
    await reader.until('all', () => reader.events.length >= written.length);
    await until('five times', () => told.resubscribes.length >= 5);
    await reader.stop();
    expect(ids(reader.events)).toEqual(written);
    expect(new Set(told.resubscribes)).toEqual(new Set([reason]));
    // Each was opened after progress, so each was the first attempt.
    expect(told.attempts[0]).toBe(1);
    expect(told.attempts.filter((attempt) => attempt === 1).length).toBeGreaterThanOrEqual(4);
  });

  test('that is open and silent is found by the watchdog', async () => {
    const double = await bench.double();
    const { store, told } = bench.open(double.connectionString, { watchdogMs: 50 });
    const reader = follow(store, { after: START });
    await reader.until('caught up', () => reader.batches.some(({ caughtUp }) => caughtUp));
    double.faults.silent.add('subscribe');
    const batch = events(3);
    await store.append('approval-1', 'no_stream', batch);
    await until('the watchdog', () => told.watchdogs > 0);
    double.faults.silent.clear();
    await reader.until('the events', () => reader.events.length >= 3);
    expect(ids(reader.events)).toEqual(ids(batch));
    expect(told.resubscribes).toContain('watchdog');
    await until('one subscription', () => double.subscriptions() === 1);
    await reader.stop();
  });

  test('is not suspected while the log stands still or holds nothing for it', async () => {
    const double = await bench.double();
    const { store, told } = bench.open(double.connectionString, { watchdogMs: 20 });
    const reader = follow(store, { after: START, filter: { categories: ['approval'] } });
    await reader.until('caught up', () => reader.batches.some(({ caughtUp }) => caughtUp));
    const reads = (): number => double.calls.filter((call) => call === 'Read').length;
    const before = reads();
    for (let n = 0; n < 5; n++) double.log.write('$stats', { type: '$statsCollected' });
    await store.append('other-1', 'no_stream', events(3));
    await until('several looks at the log', () => reads() > before + 8);
    expect(told).toMatchObject({ watchdogs: 0, resubscribes: [] });
    await reader.stop();
  });

  test('is given up where the server denies access', async () => {
    const double = await bench.double();
    double.faults.failReads = serverError(status.PERMISSION_DENIED, 'Access Denied', 'access-denied');
    const { store } = bench.open(double.connectionString);
    const denied = await failure(follow(store, { after: START }).done);
    expect(denied).toMatchObject({ kind: 'refused', message: expect.stringContaining('access-denied') });
  });
});

test.each([['break'], ['abort']])(
  'the server’s call is over when the subscriber leaves by %s',
  async (way) => {
    const double = await bench.double();
    const { store } = bench.open(double.connectionString);
    await store.append('approval-1', 'no_stream', events(3));
    const abort = new AbortController();
    for await (const _ of store.subscribe({ after: START, signal: abort.signal })) {
      expect(double.subscriptions()).toBe(1);
      if (way === 'break') break;
      abort.abort();
    }
    await until('no call', () => double.subscriptions() === 0);
  },
);

test('a category may be a whole stream’s name, and no longer name passes for it', async () => {
  const double = await bench.double();
  const { store } = bench.open(double.connectionString);
  for (const name of ['policy', 'policy-1', 'policyholder', 'policyholder-1']) {
    await store.append(name, 'no_stream', events(1));
  }
  const reader = follow(store, { after: START, filter: { categories: ['policy'] } });
  await reader.until('caught up', () => reader.batches.some(({ caughtUp }) => caughtUp));
  await reader.stop();
  expect(reader.events.map(({ stream }) => stream)).toEqual(['policy', 'policy-1']);
});

test('what others wrote passes through a subscription', async () => {
  const double = await bench.double();
  const { store } = bench.open(double.connectionString);
  double.log.write('approval-1', {
    type: 'Broken',
    data: Buffer.from('{"broken'),
    metadata: Buffer.from('{'),
  });
  double.log.write('$stats', { type: '$statsCollected' });
  await store.append('approval-2', 'no_stream', events(1));
  double.log.tombstone('approval-2');
  const reader = follow(store, { after: START });
  await reader.until('both', () => reader.events.length >= 2);
  await reader.stop();
  expect(reader.events.map(({ type }) => type)).toEqual(['Broken', 'Happened']);
});

test.each([
  ['22.10.5.0', /caught up/],
  ['24.10.4.0', /ahead of events/],
  ['25.0.0', /ahead of events/],
  [undefined, /no version/],
])('an operator is warned of server %s, once', async (version, warning) => {
  const double = await bench.double({ version });
  const { store, told } = bench.open(double.connectionString);
  for (let n = 0; n < 3; n++) await store.head();
  await until('the warning', () => told.warnings.some((text) => warning.test(text)));
  await store.head();
  expect(new Set(told.warnings).size).toBe(told.warnings.length);
});

test.each([['24.10.5.0'], ['25.0.1'], ['25.1.0'], ['26.0.2']])(
  'nobody is warned of server %s',
  async (version) => {
    const double = await bench.double({ version });
    const { store, told } = bench.open(double.connectionString);
    await store.head();
    await until('the question', () => double.calls.includes('GetSupportedMethods'));
    await store.close();
    expect(told.warnings).toEqual([]);
  },
);
