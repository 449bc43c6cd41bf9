import { StoreError } from '@countersign/event-store';
import { CLOSING_RETRY_MS } from '@countersign/processes';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkedLimits } from '../../src/closing/limits.ts';
import { retryAtOf } from '../../src/closing/retry.ts';
import { LIMITS, policyFor } from './instance.ts';
import {
  asked,
  calledOf,
  decide,
  decided,
  stands,
  startWorld,
  told,
  toNextTry,
  typesOf,
  until,
} from './world.ts';

const DAY_MS = 86_400_000;

describe('a receiver that is down', () => {
  test('is told when it is up again', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add({ start: true });
    await world.receiver.down();
    const id = await decided(world, one);
    for (const nth of [1, 2, 3]) {
      await stands(one, id, 'retrying', nth);
      if (nth === 3) await world.receiver.up();
      const pause = await toNextTry(world, one, id);
      const planned = CLOSING_RETRY_MS[nth - 1] ?? 0;
      expect(pause).toBeGreaterThanOrEqual(planned * 0.8);
      expect(pause).toBeLessThanOrEqual(planned * 1.2 + 1);
    }
    await stands(one, id, 'succeeded', 4);
    expect(world.receiver.deliveries.length).toBe(1);
    const [, failed] = await told(one, id);
    expect(failed?.data).toMatchObject({ outcomeUnknown: false, error: 'no connection: ECONNREFUSED' });
  });

  test('is given up after ten tries, which take a little more than three days', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add({ start: true });
    await world.receiver.down();
    const began = world.clock();
    const id = await decided(world, one);
    for (let nth = 1; nth <= 9; nth++) {
      await stands(one, id, 'retrying', nth);
      await toNextTry(world, one, id);
    }
    await stands(one, id, 'given_up', 10);
    const days = (world.clock() - began) / DAY_MS;
    expect(days).toBeGreaterThan(2.5);
    expect(days).toBeLessThan(3.8);
    const last = (await told(one, id)).at(-1)?.data;
    expect(last).toMatchObject({ error: 'given up after 10 tries: no connection: ECONNREFUSED' });
    expect(last).not.toHaveProperty('retryAt');
    expect((await calledOf(one, 10)).at(-1)).toMatchObject({ outcome: 'given_up', try: 10 });
    await until(() => one.projections?.closings.depth() === 0);
    await world.receiver.up();
    const next = await decided(world, one);
    await stands(one, next, 'succeeded');
    expect(world.receiver.deliveries.length).toBe(1);
  });
});

describe('a receiver that says no', () => {
  test.each([410, 400, 404, 301])('by %i is not asked again', async (status) => {
    const world = await startWorld({ frozen: true });
    const one = await world.add({ start: true });
    world.receiver.on({ status });
    const id = await decided(world, one);
    await stands(one, id, 'given_up');
    const [, failed] = await told(one, id);
    expect(failed?.data).toMatchObject({
      error: expect.stringContaining(String(status)),
      outcomeUnknown: false,
    });
    expect(await calledOf(one, 1)).toMatchObject([
      { outcome: 'given_up', error: expect.stringContaining(String(status)) },
    ]);
    await until(() => one.projections?.closings.depth() === 0);
  });

  test('for now is left alone as long as it asks for, or as the schedule says where that is longer', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add({ start: true });
    world.receiver.on({ status: 429, retryAfterSec: 1800 }, { status: 429, retryAfterSec: 1 });
    const id = await decided(world, one);
    await stands(one, id, 'retrying');
    expect(await toNextTry(world, one, id)).toBe(1_800_000);
    await stands(one, id, 'retrying', 2);
    expect(await toNextTry(world, one, id)).toBeGreaterThanOrEqual(240_000);
    await stands(one, id, 'succeeded', 3);
  });
});

describe('is given up unsent', () => {
  test('what the policy no longer allows, before the first try or after it', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add({ start: true });
    world.receiver.on({ status: 500 });
    const tried = await decided(world, one);
    const undecided = await asked(world, one);
    await stands(one, tried, 'retrying');
    const text = policyFor('elsewhere.example.com');
    await one.policies.activate({ file: 'policy.yaml', text, schemas: {} }, 'test', 'route');
    await toNextTry(world, one, tried);
    await decide(one, undecided);
    await stands(one, tried, 'given_up', 2);
    await stands(one, undecided, 'given_up');
    const error = expect.stringMatching(
      /^callbackUrl host 127\.0\.0\.1:\d+ is not in the policy's callbacks\.allow$/,
    );
    expect((await told(one, tried)).at(-1)?.data).toMatchObject({ error, outcomeUnknown: true });
    expect((await told(one, undecided)).at(-1)?.data).toMatchObject({ error, outcomeUnknown: false });
    expect(world.receiver.deliveries.length).toBe(1);
  });

  test('what was decided long before anybody told of decisions', async () => {
    const world = await startWorld({ frozen: true });
    const id = await decided(world, await world.add());
    world.advance(7 * DAY_MS + 1);
    const two = await world.add({ start: true });
    await stands(two, id, 'given_up');
    expect((await told(two, id)).at(-1)?.data).toMatchObject({
      error: 'not sent: it was decided too long ago',
    });
    expect(world.receiver.deliveries).toEqual([]);
  });
});

test('what was tried once is tried again, however long nobody was there', async () => {
  const world = await startWorld({ frozen: true });
  const one = await world.add({ start: true });
  world.receiver.on({ status: 500 });
  const id = await decided(world, one);
  await stands(one, id, 'retrying');
  await one.caller?.stop();
  world.advance(30 * DAY_MS);
  const two = await world.add({ start: true });
  await stands(two, id, 'succeeded', 2);
});

test('a connector that this instance does not have may be had by another', async () => {
  const world = await startWorld({ frozen: true });
  const old = await world.add({ start: true, wrapConnectors: () => [] });
  const id = await decided(world, old);
  await stands(old, id, 'retrying');
  expect((await told(old, id))[1]?.data).toMatchObject({ error: 'there is no connector "webhook" here' });
  await old.caller?.stop();
  const two = await world.add({ start: true });
  await toNextTry(world, two, id);
  await stands(two, id, 'succeeded', 2);
});

describe('a ledger that does not answer', () => {
  test('for a while is asked again, so that what was taken is not sent twice', async () => {
    const world = await startWorld();
    let down = 0;
    const one = await world.add({
      start: true,
      wrapStore: (store) => ({
        ...store,
        append: async (stream, ...args) => {
          if (stream.startsWith('closing-') && down-- > 0)
            throw new StoreError('unavailable', 'the store is down');
          return store.append(stream, ...args);
        },
      }),
    });
    world.receiver.on('takes it, and holds its answer');
    const id = await decided(world, one);
    await until(() => world.receiver.held === 1);
    // Longer than the ledger itself goes on trying.
    down = 12;
    world.receiver.release();
    await stands(one, id, 'succeeded');
    expect(down).toBeLessThan(0);
    expect(world.receiver.deliveries.length).toBe(1);
    expect(await typesOf(one, id)).toEqual(['Started', 'Succeeded']);
  });

  test('or a view that cannot be read, is told of, and looked at again', async () => {
    const world = await startWorld();
    let isBroken = true;
    const one = await world.add({
      start: true,
      wrapView: (view) => ({
        ...view,
        due: (...args) => {
          if (isBroken) throw new Error('disk I/O error');
          return view.due(...args);
        },
      }),
    });
    const id = await decided(world, one);
    await until(() => one.broken.length > 0);
    isBroken = false;
    await stands(one, id, 'succeeded');
  });
});

describe('the pause before the next try', () => {
  test('property: is the planned one within a fifth, or what the other side asks for, and a day at most', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.option(fc.oneof(fc.nat(200_000_000), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0.5)), {
          nil: undefined,
        }),
        fc.nat(100_000),
        (nth, retryAfterMs, notBefore) => {
          const at = retryAtOf(nth, { retryAfterMs, notBefore }, 1000, { retryMs: CLOSING_RETRY_MS });
          const planned = CLOSING_RETRY_MS[nth - 1];
          if (planned === undefined) {
            expect(at).toBe(null);
            return;
          }
          const asked = Number.isNaN(retryAfterMs) ? 0 : Math.min(retryAfterMs ?? 0, DAY_MS);
          expect(at).toBeGreaterThanOrEqual(Math.max(1000 + planned * 0.8, 1000 + asked, notBefore));
          expect(at).toBeLessThanOrEqual(Math.max(1001 + planned * 1.2, 1001 + asked, notBefore));
        },
      ),
    );
  });

  test('is spread by chance', () => {
    const pauses = Array.from({ length: 50 }, () => retryAtOf(2, {}, 0, { retryMs: CLOSING_RETRY_MS }));
    expect(new Set(pauses).size).toBeGreaterThan(25);
  });
});

test.each([
  [{ leaseMs: 29_999 }, /leaseMs \(29999\) must be at least three times callTimeoutMs/],
  [{ maxConcurrent: 0 }, /maxConcurrent must be a whole number of at least 1, not 0/],
  [{ maxPerReceiver: 0.5 }, /maxPerReceiver must be/],
  [{ retryMs: [1000, -1] }, /retryMs must be a whole number of at least 1, not -1/],
])('limits %j are refused', (wrong, message) => {
  expect(() => checkedLimits({ ...LIMITS, ...wrong })).toThrow(message);
});
