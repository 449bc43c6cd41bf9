import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorld, until, type World } from './world.ts';

describe('GET /api/guard/wait', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({ limits: { maxWaiters: 3 } });
  });
  afterAll(() => world.close());

  const wait = (query: string, init?: RequestInit) => fetch(`${world.url}/api/guard/wait?${query}`, init);

  test('answers at once for a request that is decided', async () => {
    const { token, id } = await world.ask('report.daily');
    const answer = await wait(`token=${token}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(await answer.json()).toMatchObject({
      requestId: id,
      status: 'approved',
      revision: 1,
      decision: { outcome: 'approved', by: 'ci' },
      params: { service: 'shop' },
    });
  });

  test('waits for the decision and then answers', async () => {
    const { token, id } = await world.ask('deploy');
    const waiting = wait(`token=${token}&timeoutSec=20`);
    await until(() => world.streams.watches.count === 1, 'the long poll waits');
    await world.decide(id, 'bob');
    await world.decide(id, 'carol');
    const answer = await waiting;
    expect(await answer.json()).toMatchObject({
      status: 'approved',
      approvers: [{ sub: 'bob' }, { sub: 'carol' }],
      progress: { stages: [{ met: true, places: [{ min: 2, got: 2 }] }] },
    });
    expect(world.streams.watches.count).toBe(0);
  });

  test('answers with the current state when the time is over', async () => {
    const { token } = await world.ask('guarded');
    const answer = await wait(`token=${token}&timeoutSec=0.05`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      status: 'awaiting_personas',
      revision: 0,
      personas: [{ name: 'on-call' }],
      approvers: [],
    });
    const now = await wait(`token=${token}&timeoutSec=0`);
    expect(now.status).toBe(200);
  });

  test('is told of the deadline at the deadline, though nobody has recorded it', async () => {
    const { token, id } = await world.ask('brief');
    const answer = await wait(`token=${token}&timeoutSec=20`);
    const told = Date.now();
    const state = (await answer.json()) as { status: string; expiresAt: string; revision: number };
    expect(state).toMatchObject({ status: 'expired', revision: 0, decision: { outcome: 'expired' } });
    expect(told).toBeGreaterThanOrEqual(Date.parse(state.expiresAt));
    expect(told - Date.parse(state.expiresAt)).toBeLessThan(1000);
    expect(await world.store.readStream(`approval-${id}`)).toHaveLength(1);
  });

  test('with until=dispatched an approval is not the end', async () => {
    const { token, id } = await world.ask('ship');
    await world.decide(id, 'bob');
    const early = await wait(`token=${token}&until=dispatched&timeoutSec=0.1`);
    expect(await early.json()).toMatchObject({ status: 'approved' });
    const waiting = wait(`token=${token}&until=dispatched&timeoutSec=20`);
    await until(() => world.streams.watches.count === 1, 'the long poll waits');
    await world.dispatch(id);
    await world.step(id, 1, 'succeeded');
    expect(await (await waiting).json()).toMatchObject({ status: 'dispatched', revision: 7 });
    const denied = await world.ask('ship');
    await world.decide(denied.id, 'bob', 'denied');
    const done = await wait(`token=${denied.token}&until=dispatched&timeoutSec=20`);
    expect(await done.json()).toMatchObject({ status: 'denied' });
  });

  test('with until=dispatched an approval is the end where there is nothing to dispatch', async () => {
    const { token, id } = await world.ask('solo');
    await world.decide(id, 'bob');
    const answer = await wait(`token=${token}&until=dispatched&timeoutSec=20`);
    expect(await answer.json()).toMatchObject({ status: 'approved' });
  });

  test('is told when an approval is good no longer, though nobody has recorded it', async () => {
    const { token, id } = await world.ask('ship.brief');
    await world.decide(id, 'bob');
    const answer = await wait(`token=${token}&until=dispatched&timeoutSec=20`);
    const told = Date.now();
    const state = (await answer.json()) as { decision: { at: string } };
    expect(state).toMatchObject({ status: 'expired', decision: { outcome: 'approved', by: 'bob' } });
    const late = told - Date.parse(state.decision.at) - 1000;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(1000);
  });

  test('takes the wait token as bearer token too', async () => {
    const { token, id } = await world.ask('report.daily');
    const answer = await wait('', { headers: { authorization: `Bearer ${token}` } });
    expect(await answer.json()).toMatchObject({ requestId: id });
  });

  test.each([
    ['', 401, 'unauthenticated'],
    ['token=nonsense', 404, 'wait_token_unknown'],
    ['token=01234567-89ab-7def-8123-456789abcdef.AAAA', 404, 'wait_token_unknown'],
    ['token=x&timeoutSec=61', 400, 'invalid_query'],
    ['token=x&timeoutSec=-1', 400, 'invalid_query'],
    ['token=x&timeoutSec=soon', 400, 'invalid_query'],
    ['token=x&until=never', 400, 'invalid_query'],
    ['token=x&timeoutsec=1', 400, 'invalid_query'],
    ['token=x&token=y', 400, 'invalid_query'],
  ])('?%s is refused with %i %s', async (query, status, code) => {
    const answer = await wait(query);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code, status });
  });

  test('a token of one request does not read another', async () => {
    const [one, other] = [await world.ask(), await world.ask()];
    const forged = `${other.id}.${one.token.split('.')[1]}`;
    expect((await wait(`token=${forged}`)).status).toBe(404);
  });

  test('waiters are bounded, and a client that leaves makes room and frees everything', async () => {
    const { token } = await world.ask();
    const gone = new AbortController();
    const polls = [1, 2, 3].map(() => wait(`token=${token}&timeoutSec=60`, { signal: gone.signal }));
    await until(() => world.feed.health().waiters === 1, 'the request is watched');
    await until(async () => (await wait(`token=${token}&timeoutSec=0`)).status === 503, 'no more room');
    const refused = await wait(`token=${token}&timeoutSec=0`);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await refused.json()).toMatchObject({ code: 'too_many_streams' });
    gone.abort();
    for (const poll of polls) await expect(poll).rejects.toThrow();
    await until(() => world.streams.watches.count === 0, 'nothing is watched');
    expect(world.feed.health().waiters).toBe(0);
    expect((await wait(`token=${token}&timeoutSec=0`)).status).toBe(200);
  });

  test('many decisions at once: every waiter of every request gets its own answer', async () => {
    const crowded = await openWorld();
    try {
      const asked = await Promise.all(Array.from({ length: 40 }, () => crowded.ask()));
      const answers = asked.map(async ({ token }) => {
        const answer = await fetch(`${crowded.url}/api/guard/wait?token=${token}&timeoutSec=30`);
        return (await answer.json()) as { requestId: string; status: string };
      });
      await Promise.all(asked.map(({ id }, i) => crowded.decide(id, 'bob', i % 2 ? 'denied' : 'approved')));
      const states = await Promise.all(answers);
      expect(states.map(({ requestId, status }) => [requestId, status])).toEqual(
        asked.map(({ id }, i) => [id, i % 2 ? 'denied' : 'approved']),
      );
    } finally {
      await crowded.close();
    }
  });

  test('a server that closes answers its waiters with the state as it is', async () => {
    const short = await openWorld();
    const { token } = await short.ask();
    const waiting = fetch(`${short.url}/api/guard/wait?token=${token}&timeoutSec=60`);
    await until(() => short.streams.watches.count === 1, 'the long poll waits');
    short.closing.abort();
    expect(await (await waiting).json()).toMatchObject({ status: 'pending' });
    const late = await fetch(`${short.url}/api/guard/wait?token=${token}`);
    expect(await late.json()).toMatchObject({ code: 'shutting_down' });
    await short.close();
  });
});
