import { describe, expect, test } from '@jest/globals';
import {
  advanceUntil,
  areTold,
  ask,
  decide,
  keysIn,
  slackEvents,
  startWorld,
  until,
  untilTold,
} from './world.ts';

const POST = 'chat.postMessage';
const many = (n: number) => Array.from({ length: n }, (_, index) => index);

describe('a limit of Slack', () => {
  test('pauses one channel for as long as Slack says, and no other', async () => {
    const world = await startWorld({ frozen: true, limits: { leaseMs: 45_000 } });
    world.slack.faults.rateLimit({ match: { channel: '#c0' }, retryAfterSec: 30 });
    const slow = await Promise.all(many(10).map(() => ask(world, 'c0')));
    const quick = await Promise.all(many(10).map(() => ask(world, 'c1')));
    await untilTold(world, ...quick);
    await until('the other channel was tried', () => world.limited.length > 0);
    world.advance(29_000);
    await untilTold(world, await ask(world, 'c1'));
    expect(world.limited).toEqual([{ method: POST, channel: '#c0', retryAfterSec: 30 }]);
    // Nothing is amiss: this passes by itself.
    expect(world.outbox.health()).toEqual({ status: 'ok' });
    world.slack.faults.clear();
    expect(await areTold(world, slow[0] ?? '')).toBe(false);
    world.advance(1000);
    await untilTold(world, ...slow);
    expect(keysIn(world.slack.messages('#c0'))).toEqual(slow.map(() => 'message'));
    expect((await slackEvents(world)).SlackDeliveryClaimed).toBe(slow.length + quick.length + 1);
  });

  test.each([
    ['with the time to wait', false],
    ['without the time to wait', true],
  ])('in a storm of them, %s: everything is there once, and in order', async (_what, withoutHeader) => {
    const world = await startWorld({ frozen: true });
    world.slack.faults.rateLimit({ match: { channel: '#c0' }, retryAfterSec: 2, times: 40, withoutHeader });
    const ids: string[] = [];
    for (const name of many(10)) ids.push(await ask(world, 'c0', { name: String(name) }));
    const others = await Promise.all(many(10).map(() => ask(world, 'c1')));
    await untilTold(world, ...others);
    await advanceUntil(world, 500, 'the storm is over', () => areTold(world, ...ids));
    for (const id of ids) await decide(world, id, 'bob');
    await advanceUntil(world, 500, 'all is told', () => areTold(world, ...ids));
    const messages = world.slack.messages('#c0');
    const roots = messages.filter(({ threadTs }) => threadTs === undefined);
    expect(roots.map(({ text }) => text)).toEqual(ids.map((_id, name) => `${name} approved at 3`));
    for (const id of ids) expect(keysIn(messages, id)).toEqual(['message', 'reply@3']);
    expect(world.limited).toHaveLength(40);
    // Nothing was ever in doubt.
    expect(world.slack.calls('conversations.history')).toEqual([]);
  });

  test('is not reached: each channel has its pace', async () => {
    const limits = { burst: 4, perSecond: 1, callTimeoutMs: 10_000, leaseMs: 45_000 };
    const world = await startWorld({ frozen: true, limits, simulator: { rateLimits: true } });
    const ids = await Promise.all(many(10).map(() => ask(world, 'c0')));
    await advanceUntil(world, 100, 'all is told', () => areTold(world, ...ids));
    for (const id of ids.slice(0, 4)) await decide(world, id, 'bob');
    await advanceUntil(world, 100, 'all is told', () => areTold(world, ...ids));
    expect(world.limited).toEqual([]);
    // Of 14 posts and 4 updates, 4 may go at once.
    const at = world.slack.messages('#c0').map(({ ts }) => Number(ts));
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeGreaterThan(12);
  });

  test('on other methods than posting is waited out as well', async () => {
    const world = await startWorld({ frozen: true });
    const id = await ask(world, 'c0');
    await untilTold(world, id);
    world.slack.faults.rateLimit({ match: { method: 'chat.update' }, retryAfterSec: 5, times: 2 });
    await decide(world, id, 'bob');
    await advanceUntil(world, 1000, 'all is told', () => areTold(world, id));
    expect(world.slack.calls('chat.update').map(({ result }) => result)).toEqual(['429', '429', 'ok']);
    expect(keysIn(world.slack.messages('#c0'), id)).toEqual(['message', 'reply@3']);
  });
});

test('no more channels at a time than lanes, and none is forgotten', async () => {
  const world = await startWorld({
    limits: { maxLanes: 2, callTimeoutMs: 2000, leaseMs: 10_000 },
    start: false,
  });
  world.slack.faults.slow({ match: { method: POST }, milliseconds: 10 });
  const ids = await Promise.all(many(12).map((n) => ask(world, `c${n}`)));
  let most = 0;
  const claimed = new Set<string>();
  const watching = setInterval(() => {
    void Promise.all(
      ids.map(async (id) => ((await world.deliveries.load(id)).claim ? claimed.add(id) : null)),
    ).then((all) => {
      most = Math.max(most, all.filter((one) => one !== null).length);
    });
  }, 3);
  world.outbox.start();
  await untilTold(world, ...ids);
  clearInterval(watching);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(2);
});

test('looking for what waits takes a small part of the time, however many channels there are to look at', async () => {
  let spent = 0;
  const world = await startWorld({
    limits: { maxLanes: 4, callTimeoutMs: 2000, leaseMs: 10_000 },
    wrapViews: (slack) => ({
      ...slack,
      channels(limit) {
        const began = performance.now();
        while (performance.now() < began + 30);
        spent += performance.now() - began;
        return slack.channels(limit);
      },
    }),
    start: false,
  });
  const ids = await Promise.all(many(100).map((n) => ask(world, `c${n % 20}`)));
  const began = performance.now();
  world.outbox.start();
  await untilTold(world, ...ids);
  expect(spent / (performance.now() - began)).toBeLessThan(0.3);
});
