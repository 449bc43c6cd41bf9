import type { UntoldRow } from '@countersign/projections';
import { expect, test } from '@jest/globals';
import { createQueue } from '../../src/outbox/queue.ts';
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

test('a request that fails and fails lets another try; where that fails too, it is first again', () => {
  const { queue, next } = start(row('a'), row('b'));
  for (let inARow = 1; inARow <= 4; inARow++) queue.failed('a', inARow);
  expect(next()).toBe('a');
  queue.failed('a', 5);
  expect(next()).toBe('b');
  queue.failed('b', 6);
  expect(next()).toBe('a');
});

test('a request that fails while another does not has one more try, and is then tried seldom', () => {
  const { state, queue, next } = start(row('a'), row('b'), row('c'));
  queue.failed('a', 5);
  queue.told('b', 0);
  expect(next()).toBe('a');
  queue.failed('a', 1);
  expect(next()).toBe('c');
  state.now += 9999;
  expect(next()).toBe('c');
  state.now += 1;
  expect(next()).toBe('a');
  queue.failed('a', 1);
  expect(next()).toBe('c');
  state.now += 10_000;
  queue.told('a', 0);
  state.rows = [row('a', { revision: 1 })];
  queue.failed('a', 1);
  expect(next()).toBe('a');
});

test('a request whose one more try is well is like any other', () => {
  const { state, queue, next } = start(row('a'), row('b'));
  queue.failed('a', 5);
  queue.told('b', 0);
  queue.told('a', 0);
  state.rows = [row('a', { revision: 1 })];
  queue.failed('a', 1);
  expect(next()).toBe('a');
});

test('a request that fails alone is tried again', () => {
  const { queue, next } = start(row('a'));
  queue.failed('a', 5);
  expect(next()).toBe('a');
});
