import { createDispatcher } from '@countersign/processes';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { call } from '../../src/dispatch/call.ts';
import { createDueLoop } from '../../src/dispatch/due.ts';
import { checkedLimits } from '../../src/dispatch/limits.ts';
import { retryOf } from '../../src/dispatch/retry.ts';
import { createSlots } from '../../src/dispatch/slots.ts';
import { outsideConnector } from './connector.ts';
import { LIMITS, NO_VIEWS } from './instance.ts';
import { startWorld } from './world.ts';

describe('limits', () => {
  test.each([
    [{ leaseMs: 19_999 }, 'leaseMs (19999) must be at least twice callTimeoutMs (10000)'],
    [{ maxTries: 0 }, 'maxTries must be a whole number from 1 to 86400000, not 0'],
    [{ maxConcurrent: 1.5 }, 'maxConcurrent must be a whole number from 1 to 86400000, not 1.5'],
    [{ retryMs: Number.NaN }, 'retryMs must be a whole number from 1 to 86400000, not NaN'],
    [{ callTimeoutMs: 1e9 }, 'callTimeoutMs must be a whole number from 1 to 86400000, not 1000000000'],
    [{ waitMs: -1 }, 'waitMs must be a whole number from 0 to 86400000, not -1'],
  ])('%j are refused', (changes, message) => {
    expect(() => checkedLimits({ ...LIMITS, ...changes })).toThrow(new RangeError(message));
  });

  test('have an hour of asking unless it is said otherwise', () => {
    expect(checkedLimits(LIMITS)).toMatchObject({ askMs: 3_600_000, graceMs: 1000 });
  });
});

describe('a retry', () => {
  const limits = { maxTries: 5, retryMs: 100, maxRetryMs: 2000, leaseMs: 30_000 };
  const now = Date.parse('2026-01-01T10:00:00.000Z');

  test('is never before the connector says, nor before the pause, nor under a lease that is over by then', () => {
    const ms = fc.integer({ min: 0, max: 86_400_000 });
    fc.assert(
      fc.property(ms, fc.integer({ min: 1, max: 4 }), (retryAfterMs, nth) => {
        const retry = retryOf({ transient: true, retryAfterMs }, nth, now, limits);
        const pause = Date.parse(retry?.at ?? '') - now;
        expect(pause).toBeGreaterThanOrEqual(Math.max(retryAfterMs, (limits.retryMs * 2 ** (nth - 1)) / 2));
        expect(Date.parse(retry?.until ?? '') - now).toBeGreaterThanOrEqual(pause);
      }),
    );
  });

  test.each([
    ['what is not transient', { transient: false }, 1],
    ['the last try', { transient: true }, 5],
    ['a wait of more than a day', { transient: true, retryAfterMs: 86_400_001 }, 1],
    ['a wait without end', { transient: true, retryAfterMs: Number.POSITIVE_INFINITY }, 1],
    ['a wait that is no number', { transient: true, retryAfterMs: Number.NaN }, 1],
  ])('there is none after %s', (_, failed, nth) => {
    expect(retryOf(failed, nth, now, limits)).toBeUndefined();
  });
});

test('slots are given in the order in which they were asked for, never more than there are', async () => {
  let freed = 0;
  const slots = createSlots(2, () => {
    freed += 1;
  });
  const got: string[] = [];
  const take = (name: string) => slots.take().then(() => got.push(name));
  await Promise.all([take('a'), take('b')]);
  void take('c');
  void take('d');
  expect(slots.tryTake()).toBe(false);
  slots.release();
  await Promise.resolve();
  expect(got).toEqual(['a', 'b', 'c']);
  slots.release();
  await Promise.resolve();
  expect(got).toEqual(['a', 'b', 'c', 'd']);
  expect(freed).toBe(0);
  slots.release();
  expect(freed).toBe(1);
  expect(slots.tryTake()).toBe(true);
});

test('what is due is found behind any number of requests that are put off', async () => {
  const rows = Array.from({ length: 1200 }, (_, nth) => {
    const dueAt = new Date(nth).toISOString();
    return { requestId: `r${nth}`, kind: 'resume', dueAt, tenant: 'default', rung: 0 } as const;
  });
  const taken: string[] = [];
  const loop = createDueLoop({
    projections: {
      deadlines: { due: (_, limit) => rows.slice(0, limit), nextDueAt: () => null },
      onAdvanced: () => () => {},
    },
    clock: () => 5000,
    isHere: () => false,
    take: async ({ requestId }) => void taken.push(requestId),
    onError: (_, error) => {
      throw error;
    },
  });
  for (const { requestId } of rows.slice(0, 1100)) loop.postpone(requestId, 6000);
  loop.start();
  loop.stop();
  expect(taken).toEqual(rows.slice(1100).map(({ requestId }) => requestId));
});

describe('a call', () => {
  const brief = { callTimeoutMs: 20, graceMs: 20 };

  test('is told to end when its time is over, and may still say what it came to', async () => {
    const called = await call(
      (signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason.name))),
      brief,
    );
    expect(called).toEqual({ came: 'answer', answer: 'TimeoutError' });
  });

  test('that throws at once, or something that is no error, comes to an exception all the same', async () => {
    const thrown = await call(() => {
      throw 'token';
    }, brief);
    expect(thrown).toMatchObject({ came: 'exception', error: { message: 'threw a string' } });
    const coded = await call(() => Promise.reject(Object.assign(new Error('x'), { code: 'EPIPE' })), brief);
    expect(coded).toMatchObject({ came: 'exception', error: { message: 'threw Error (EPIPE)' } });
  });
});

test('two connectors of one name are refused', async () => {
  const { ledger } = await (await startWorld()).add();
  const connectors = [outsideConnector('http://127.0.0.1'), outsideConnector('http://127.0.0.2')];
  const options = { ledger, projections: NO_VIEWS, clock: Date.now, instance: 'x', limits: LIMITS };
  expect(() => createDispatcher({ ...options, connectors })).toThrow(
    new TypeError('there are two connectors "outside"'),
  );
});
