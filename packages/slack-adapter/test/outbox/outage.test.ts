import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { CHANNELS } from './policy.ts';
import { advanceUntil, areTold, ask, decide, keysIn, slackEvents, startWorld, type World } from './world.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** As in production. */
const LIMITS = {
  callTimeoutMs: 10_000,
  leaseMs: 45_000,
  burst: 4,
  perSecond: 1,
  coalesceMs: 250,
  retryMs: 500,
  maxRetryMs: 60_000,
};
const many = (n: number) => Array.from({ length: n }, (_, index) => index);
const MINUTE = 60_000;

/** Lets virtual minutes pass, five seconds at a time, with what each of them does. */
async function pass(world: World, minutes: number, each: (minute: number) => Promise<void> = async () => {}) {
  for (const minute of many(minutes)) {
    await each(minute);
    for (const _step of many(12)) {
      world.advance(MINUTE / 12);
      for (const _turn of many(4)) await new Promise(setImmediate);
    }
  }
}

function usedHeap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('Slack away for an hour, while requests come in', () => {
  test.each(['reset', 503] as const)('%s: afterwards all is there once, in order', async (as) => {
    const world = await startWorld({ frozen: true, limits: LIMITS });
    const { slack } = world;
    const early: string[] = [];
    for (const n of many(CHANNELS)) early.push(await ask(world, `c${n}`, { name: '0' }));
    await advanceUntil(world, 1000, 'all is told', () => areTold(world, ...early));
    const before = await slackEvents(world);
    slack.forgetCalls();

    slack.faults.outage({ as });
    const late: string[] = [];
    await pass(world, 15, async (minute) => {
      for (const n of many(CHANNELS)) late.push(await ask(world, `c${n}`, { name: String(minute + 1) }));
    });
    for (const id of [...early, ...late.slice(0, 100)]) await decide(world, id, 'bob');
    const claims = (await slackEvents(world)).SlackDeliveryClaimed ?? 0;
    const heap = usedHeap();
    await pass(world, 45);
    // Neither grew with the time, and Slack was asked no more than once in each pause.
    expect((await slackEvents(world)).SlackDeliveryClaimed).toBe(claims);
    expect(usedHeap() - heap).toBeLessThan(2_000_000);
    expect(claims - (before.SlackDeliveryClaimed ?? 0)).toBeLessThanOrEqual(CHANNELS);
    expect(slack.calls('chat.postMessage').length + slack.calls('chat.update').length).toBeLessThanOrEqual(
      CHANNELS,
    );
    expect(slack.calls('auth.test').length).toBeGreaterThan(45);
    expect(slack.calls('auth.test').length).toBeLessThan(150);
    expect(world.outbox.health()).toEqual({ status: 'degraded', detail: 'Slack does not answer' });
    expect(world.projections.slack.depth()).toBe(early.length + late.length);

    slack.faults.clear();
    await advanceUntil(world, 1000, 'all is told', () => areTold(world, ...early, ...late));
    const posted = many(CHANNELS).flatMap((n) => slack.messages(`#c${n}`));
    const decided = new Set([...early, ...late.slice(0, 100)]);
    for (const id of [...early, ...late]) {
      expect(keysIn(posted, id)).toEqual(decided.has(id) ? ['message', 'reply@3'] : ['message']);
    }
    for (const n of many(CHANNELS)) {
      const roots = slack.messages(`#c${n}`).filter(({ threadTs }) => threadTs === undefined);
      expect(roots.map(({ text }) => text.split(' ')[0])).toEqual(many(16).map(String));
    }
    expect(posted).toHaveLength(early.length + late.length + decided.size);
    expect(world.posted).toHaveLength(early.length + late.length);
    expect(world.givenUp).toEqual([]);
    expect(world.outbox.health()).toEqual({ status: 'ok' });
  });

  test('only for messages: hardly any claims are made, and afterwards all is there once, in order', async () => {
    const world = await startWorld({ frozen: true, limits: LIMITS });
    world.slack.faults.outage({ match: { method: 'chat.postMessage' }, as: 503 });
    const ids: string[] = [];
    for (const name of many(5)) {
      for (const n of many(CHANNELS)) ids.push(await ask(world, `c${n}`, { name: String(name) }));
    }
    await pass(world, 60);
    // Two for each channel before it was clear that none gets anything; then one in each pause.
    expect((await slackEvents(world)).SlackDeliveryClaimed).toBeLessThan(2 * CHANNELS + 130);
    expect(world.outbox.health()).toEqual({
      status: 'degraded',
      detail: 'Slack answers, and takes no messages',
    });
    world.slack.faults.clear();
    await advanceUntil(world, 1000, 'all is told', () => areTold(world, ...ids));
    for (const n of many(CHANNELS)) {
      const messages = world.slack.messages(`#c${n}`);
      expect(messages.map(({ text }) => text)).toEqual(many(5).map((name) => `${name} 0 votes at 0`));
    }
    expect(world.outbox.health()).toEqual({ status: 'ok' });
  });

  test('in one channel only: the others are told at once, and there hardly anything changes places', async () => {
    const world = await startWorld({ frozen: true, limits: LIMITS });
    world.slack.faults.outage({ match: { channel: '#c0' }, as: 'reset' });
    const late: string[] = [];
    for (const name of many(10)) late.push(await ask(world, 'c0', { name: String(name) }));
    await pass(world, 30);
    const others = await Promise.all(many(5).map((n) => ask(world, `c${n + 1}`)));
    await advanceUntil(world, 100, 'the others are told', () => areTold(world, ...others));
    expect(world.outbox.health()).toEqual({ status: 'degraded', detail: '#c0: no answer' });
    world.slack.faults.clear();
    await advanceUntil(world, 1000, 'all is told', () => areTold(world, ...late));
    // Should it end just while another is tried to see whether it is the first one's fault, that one comes before it.
    const order = world.slack.messages('#c0').map(({ text }) => Number(text.split(' ')[0]));
    expect(order.toSorted((a, b) => a - b)).toEqual(many(10));
    const early = order[0] ?? 0;
    expect(order.slice(1)).toEqual(many(10).filter((name) => name !== early));
  });
});
