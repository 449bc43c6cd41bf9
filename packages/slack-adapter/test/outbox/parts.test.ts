import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs } from '../../src/outbox/backoff.ts';
import { createPacing } from '../../src/outbox/pacing.ts';
import { createReach } from '../../src/outbox/reach.ts';
import { createToldLately } from '../../src/outbox/told-lately.ts';
import { createWaits } from '../../src/outbox/waits.ts';
import type { Called, Workspace } from '../../src/web/types.ts';

describe('pacing', () => {
  const T0 = 1_000_000;

  test('lets a few through at once, then one a second, each channel for itself', () => {
    let now = T0;
    const pacing = createPacing({ burst: 4, perSecond: 1 }, () => now);
    const places = (n: number, channel = 'a') => Array.from({ length: n }, () => pacing.take(channel) - T0);
    expect(places(6)).toEqual([0, 0, 0, 0, 1000, 2000]);
    expect(places(1, 'b')).toEqual([0]);
    now = T0 + 2500;
    expect(places(1)).toEqual([3000]);
    now = T0 + 60_000;
    expect(places(5)).toEqual([60_000, 60_000, 60_000, 60_000, 61_000]);
  });

  test('never gives more places than burst and rate allow, whenever they are asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(0.5, 1, 3, 50),
        fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 40 }),
        (burst, perSecond, pauses) => {
          let now = T0;
          const pacing = createPacing({ burst, perSecond }, () => now);
          const places = pauses.map((pause) => {
            now += pause;
            const at = pacing.take('a');
            expect(at).toBeGreaterThanOrEqual(now);
            return at;
          });
          for (const [first, from] of places.entries())
            for (const [last, to] of places.entries())
              if (last >= first)
                expect(last - first + 1).toBeLessThanOrEqual(burst + ((to - from) * perSecond) / 1000 + 1e-6);
        },
      ),
    );
  });

  test('forgets channels that are at rest', () => {
    let now = T0;
    const pacing = createPacing({ burst: 1, perSecond: 1 }, () => now);
    for (let n = 0; n < 1500; n++) pacing.take(`c${n}`);
    now += 10_000;
    expect(pacing.take('c1')).toBe(now);
    expect(pacing.take('c1')).toBe(now + 1000);
  });
});

test('the pause grows with each failure, up to its limit, and is never the same for all', () => {
  const limits = { retryMs: 500, maxRetryMs: 60_000 };
  for (const [failures, whole] of [
    [1, 500],
    [2, 1000],
    [7, 32_000],
    [8, 60_000],
    [2000, 60_000],
  ] as const) {
    const pauses = Array.from({ length: 50 }, () => backoffMs(failures, limits));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(whole / 2);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(whole);
    expect(new Set(pauses).size).toBeGreaterThan(10);
  }
});

describe('waiting', () => {
  test('ends when the clock shows the time, not before', async () => {
    let now = 0;
    const waits = createWaits(() => now);
    const order: number[] = [];
    const all = [30_000, 10_000, 20_000].map((at) => waits.until(at).then(() => order.push(at)));
    now = 9_999;
    waits.look();
    await new Promise(setImmediate);
    expect(order).toEqual([]);
    now = 20_000;
    waits.look();
    await Promise.all([all[1], all[2]]);
    expect(order).toEqual([10_000, 20_000]);
    waits.end();
    await Promise.all(all);
    await waits.until(99_999);
  });

  test('ends by itself', async () => {
    const waits = createWaits(Date.now);
    const at = Date.now() + 20;
    await waits.until(at);
    expect(Date.now()).toBeGreaterThanOrEqual(at);
  });
});

describe('reaching Slack', () => {
  type Answer = Called<Workspace>;
  const away: Answer = { ok: false, error: { kind: 'not_sent' } };
  const limits = { retryMs: 100, maxRetryMs: 1000 };

  function start(answers: Answer[]) {
    const state = { now: 0, asked: 0, failed: 0 };
    const checkTokens = async () => {
      state.asked += 1;
      return answers.shift() ?? away;
    };
    const signals = {
      failed() {
        state.failed += 1;
      },
    };
    return { state, reach: createReach({ web: { checkTokens }, clock: () => state.now, limits, signals }) };
  }

  test('is tried once for everybody, again after a pause, and not at all while calls succeed', async () => {
    const { state, reach } = start([away, away, { ok: true, teamId: 'T1' }]);
    expect(await Promise.all([reach.ready(), reach.ready(), reach.ready()])).toEqual([false, false, false]);
    expect(state.asked).toBe(1);
    expect(reach.trouble).toBe('Slack does not answer');
    expect(reach.closedUntil).toBeGreaterThanOrEqual(50);
    expect(await reach.ready()).toBe(false);
    expect(state.asked).toBe(1);
    for (let tries = 0; tries < 2; tries++) {
      state.now = reach.closedUntil;
      await reach.ready();
    }
    expect(state).toMatchObject({ asked: 3, failed: 1 });
    expect(reach).toMatchObject({ trouble: undefined, closedUntil: 0 });
    expect(await reach.ready()).toBe(true);
    expect(state.asked).toBe(3);
    reach.suspect();
    expect(await reach.ready()).toBe(false);
    expect(state.asked).toBe(4);
  });

  test('lets one delivery try in each pause, while Slack answers and no delivery gets through anywhere', async () => {
    const { state, reach } = start(Array.from({ length: 20 }, (): Answer => ({ ok: true, teamId: 'T1' })));
    for (const channel of ['#a', '#b', '#b']) {
      reach.failed(channel);
      expect(await Promise.all([reach.ready(), reach.ready()])).toEqual([true, true]);
    }
    reach.failed('#c');
    expect(reach.trouble).toBe('Slack answers, and takes no messages');
    let pause = 0;
    for (let tries = 0; tries < 5; tries++) {
      state.now = reach.closedUntil;
      expect(await Promise.all([reach.ready(), reach.ready(), reach.ready()])).toEqual([true, false, false]);
      pause = reach.closedUntil - state.now;
      reach.failed('#a');
    }
    expect(pause).toBeGreaterThanOrEqual(500);
    reach.answered();
    expect(reach).toMatchObject({ trouble: undefined, closedUntil: 0 });
    expect(await Promise.all([reach.ready(), reach.ready()])).toEqual([true, true]);
  });

  test.each<[Answer, string, number]>([
    [
      { ok: false, error: { kind: 'refused', code: 'token_revoked' } },
      'Slack takes none of the tokens (token_revoked)',
      50,
    ],
    [
      { ok: false, error: { kind: 'rate_limited', retryAfterSec: 30 } },
      'Slack takes no calls for now',
      30_000,
    ],
    [{ ok: false, error: { kind: 'unknown' } }, 'Slack does not answer', 50],
  ])('says what is amiss: %j', async (answer, words, atLeast) => {
    const { reach } = start([answer]);
    expect(await reach.ready()).toBe(false);
    expect(reach.trouble).toBe(words);
    expect(reach.closedUntil).toBeGreaterThanOrEqual(atLeast);
  });
});

test('what was told lately is kept for the newest only', () => {
  const told = createToldLately();
  for (let n = 0; n < 1001; n++) told.set(`r${n}`, n);
  told.set('r1', 9);
  told.set('new', 1);
  expect([told.get('r0'), told.get('r1'), told.get('r2'), told.get('new')]).toEqual([
    undefined,
    9,
    undefined,
    1,
  ]);
});
