import type { UntoldRow } from '@countersign/projections';
import { expect, test } from '@jest/globals';
import { createQueue, type Queue } from '../../src/outbox/queue.ts';
import { createToldLately } from '../../src/outbox/told-lately.ts';

const T0 = Date.parse('2026-01-01T10:00:00.000Z');

function row(requestId: string, more: Partial<UntoldRow> = {}): UntoldRow {
  return {
    requestId,
    tenant: 'default',
    channel: '#ops',
    revision: 0,
    since: '1',
    claimedUntil: null,
    claimedBy: null,
    ...more,
  };
}

/** A queue over a view whose rows a test writes. */
function start(...rows: UntoldRow[]) {
  const state = { now: T0, rows };
  const queue = createQueue({
    channel: '#ops',
    slack: { channels: () => [], untold: (_channel, limit) => state.rows.slice(0, limit), depth: () => 0 },
    told: createToldLately(),
    clock: () => state.now,
    by: 'us',
    limits: { maxRetryMs: 1000 },
  });
  return { state, queue, next: () => queue.next()?.requestId };
}

test('what another instance holds is left to it until its lease ends; what we hold is gone on with', () => {
  const lease = (claimedBy: string, ms: number) => ({
    claimedBy,
    claimedUntil: new Date(T0 + ms).toISOString(),
  });
  const { state, queue, next } = start(row('a', lease('them', 500)), row('b', lease('us', 900)));
  expect(next()).toBe('b');
  state.rows.pop();
  expect(next()).toBeUndefined();
  expect(queue.idleUntil).toBe(T0 + 500);
  state.now += 500;
  expect(next()).toBe('a');
});

test('what was told is not told again before the view knows, but what came since is', () => {
  const { state, queue, next } = start(row('a', { revision: 3 }));
  queue.told('a', 3);
  expect(next()).toBeUndefined();
  expect(queue.idleUntil).toBe(Number.POSITIVE_INFINITY);
  state.rows = [row('a', { revision: 4 })];
  expect(next()).toBe('a');
});

test('what was postponed waits its time, and others do not', () => {
  const { state, queue, next } = start(row('a'), row('b'));
  queue.postpone('a', T0 + 100);
  expect(next()).toBe('b');
  state.now += 100;
  expect(next()).toBe('a');
});

/** Fails so often that another one is let try. */
function fail(queue: Queue, requestId: string): void {
  for (let times = 1; times <= 5; times++) queue.failed(requestId);
}

test('a request that fails and fails lets another try; where that fails too, it is first again', () => {
  const { queue, next } = start(row('a'), row('b'));
  for (let times = 1; times <= 4; times++) queue.failed('a');
  expect(next()).toBe('a');
  queue.failed('a');
  expect(next()).toBe('b');
  queue.failed('b');
  expect(next()).toBe('a');
});

test('a request that fails while another does not has one more try, and is then tried seldom', () => {
  const { state, queue, next } = start(row('a'), row('b'), row('c'));
  fail(queue, 'a');
  expect(next()).toBe('b');
  queue.told('b', 0);
  expect(next()).toBe('a');
  queue.failed('a');
  expect(next()).toBe('c');
  state.now += 9999;
  expect(next()).toBe('c');
  state.now += 1;
  expect(next()).toBe('a');
  queue.failed('a');
  expect(next()).toBe('c');
  state.now += 10_000;
  queue.told('a', 0);
  state.rows = [row('a', { revision: 1 })];
  queue.failed('a');
  expect(next()).toBe('a');
});

test('several requests that fail, one behind the other, keep those behind them waiting no longer than one', () => {
  const bad = Array.from({ length: 15 }, (_, n) => `bad${n}`);
  const { queue, next } = start(...bad.map((id) => row(id)), row('good'));
  const tried: (string | undefined)[] = [];
  while (tried.at(-1) !== 'good' && tried.length < 100) {
    const id = next();
    tried.push(id);
    if (id !== undefined && id !== 'good') queue.failed(id);
  }
  expect(tried).toEqual([...Array(5).fill('bad0'), ...bad.slice(1), 'good']);
});

test('where a whole channel fails, not all that waits there is tried', () => {
  const { queue, next } = start(...Array.from({ length: 200 }, (_, n) => row(`r${n}`)));
  const tried = new Set<string | undefined>();
  for (let tries = 0; tries < 1000; tries++) {
    const id = next() ?? '';
    tried.add(id);
    queue.failed(id);
  }
  expect(tried.size).toBeLessThanOrEqual(21);
});

test('a request whose one more try is well is like any other', () => {
  const { state, queue, next } = start(row('a'), row('b'));
  fail(queue, 'a');
  queue.told('b', 0);
  queue.told('a', 0);
  state.rows = [row('a', { revision: 1 })];
  queue.failed('a');
  expect(next()).toBe('a');
});

test('a request that fails alone is tried again', () => {
  const { queue, next } = start(row('a'));
  fail(queue, 'a');
  expect(next()).toBe('a');
});

test('however many have to wait, those behind them do not', () => {
  const ids = Array.from({ length: 500 }, (_, n) => `r${n}`);
  const { queue, next } = start(...ids.map((id) => row(id)));
  for (const id of ids) {
    expect(next()).toBe(id);
    queue.postpone(id, T0 + 60_000);
  }
  expect(next()).toBeUndefined();
  expect(queue.idleUntil).toBe(T0 + 60_000);
});
