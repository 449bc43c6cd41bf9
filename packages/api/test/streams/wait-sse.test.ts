import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect, type SseClient } from './sse-client.ts';
import { openWorld, until, type World } from './world.ts';

describe('GET /api/guard/wait-sse', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({ limits: { heartbeatMs: 40, retryMs: 1234 } });
  });
  afterAll(() => world.close());

  const open = (token: string, more = '', headers?: Record<string, string>) =>
    connect(`${world.url}/api/guard/wait-sse?token=${token}${more}`, headers);
  const revisions = (client: SseClient) => client.events.map(({ data }) => data.revision);
  const statuses = (client: SseClient) => client.events.map(({ data }) => data.status);

  test('streams the state from where it is to its end, and closes', async () => {
    const { token, id } = await world.ask('guarded');
    const client = await open(token);
    await client.count(1);
    await world.acknowledge(id, 'carol');
    await client.count(2);
    await world.decide(id, 'bob');
    await client.end();
    expect(client.status).toBe(200);
    expect(client.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(client.retry).toBe(1234);
    expect(revisions(client)).toEqual([0, 1, 2, 3, 4]);
    expect(statuses(client)).toEqual(['awaiting_personas', 'pending', 'pending', 'pending', 'approved']);
    const positions = (await world.store.readStream(`approval-${id}`)).map(({ position }) => position);
    expect(client.events.map((event) => event.id)).toEqual(positions);
    expect(client.events.every(({ event }) => event === 'state')).toBe(true);
  });

  test('shows the same JSON as wait', async () => {
    const { token, id } = await world.ask('solo');
    await world.decide(id, 'bob');
    const client = await open(token);
    await client.end();
    const polled = await fetch(`${world.url}/api/guard/wait?token=${token}`);
    expect(client.events.at(-1)?.data).toEqual(await polled.json());
  });

  test('a request decided long ago still shows a state before the terminal one', async () => {
    const { token } = await world.ask('report.daily');
    const client = await open(token);
    await client.end();
    expect(statuses(client)).toEqual(['pending', 'approved']);
  });

  test('what follows a decision is not waited for', async () => {
    const { token, id } = await world.ask('solo');
    const alice = {
      sub: 'alice',
      tenant: 'default',
      kind: 'human',
      roles: ['approver'],
      groups: [],
    } as const;
    const context = { principal: alice, via: 'api', correlationId: 'test' } as const;
    const forced = await world.ledger.execute(
      { type: 'InvokeBreakGlass', requestId: id, status: 'approved', reason: 'Slack is down, site too' },
      context,
    );
    expect(forced.ok).toBe(true);
    const client = await open(token);
    await client.end();
    expect(statuses(client).at(-1)).toBe('approved');
    expect(statuses(client).filter((status) => status === 'approved')).toHaveLength(1);
  });

  test('heartbeats come while nothing happens', async () => {
    const { token } = await world.ask();
    const client = await open(token);
    await until(() => client.heartbeats.length >= 3, 'three heartbeats');
    expect(client.events).toHaveLength(1);
    expect(Number.isNaN(Date.parse(client.heartbeats[0]?.data.at))).toBe(false);
    expect(client.lastEventId).toBe(client.events[0]?.id);
    client.drop();
  });

  test('is told of the deadline at the deadline, though nobody has recorded it', async () => {
    const { token, id } = await world.ask('brief');
    const client = await open(token);
    await client.end();
    const late = Date.now() - Date.parse(client.events[0]?.data.expiresAt);
    expect(statuses(client)).toEqual(['pending', 'expired']);
    expect(client.events[1]?.data.decision).toMatchObject({ outcome: 'expired' });
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(1000);

    // Only the recorded expiry has a place of its own; until then a client that comes back is told again.
    const again = await open(token, '', { 'last-event-id': client.lastEventId });
    await again.end();
    expect(statuses(again)).toEqual(['expired']);
    await world.ledger.tick({ type: 'ExpireRequest', requestId: id });
    const recorded = await open(token, '', { 'last-event-id': again.lastEventId });
    await recorded.end();
    expect(statuses(recorded)).toEqual(['expired']);
    const over = await open(token, '', { 'last-event-id': recorded.lastEventId });
    expect(over.status).toBe(204);
  });

  test('resumes after Last-Event-ID, or ?after=, with what was missed and nothing else', async () => {
    const { token, id } = await world.ask('guarded');
    const first = await open(token);
    await first.count(1);
    first.drop();
    await world.acknowledge(id, 'carol');
    await world.decide(id, 'bob');
    const byHeader = await open(token, '&after=bogus', { 'last-event-id': first.lastEventId });
    const byQuery = await open(token, `&after=${first.lastEventId}`);
    await Promise.all([byHeader.end(), byQuery.end()]);
    expect(revisions(byHeader)).toEqual([1, 2, 3, 4]);
    expect(revisions(byQuery)).toEqual([1, 2, 3, 4]);
  });

  test('a client that has seen the end is told to stay away', async () => {
    const { token } = await world.ask('report.daily');
    const client = await open(token);
    await client.end();
    const again = await open(token, '', { 'last-event-id': client.lastEventId });
    expect(again.status).toBe(204);
    expect(world.streams.watches.count).toBe(0);
  });

  test('an unknown position is answered with reset and the state as it is', async () => {
    const [one, other] = [await world.ask('deploy'), await world.ask('deploy')];
    await world.decide(one.id, 'bob');
    const client = await open(one.token, '', { 'last-event-id': other.position });
    await client.count(2);
    expect(client.events.map(({ event }) => event)).toEqual(['reset', 'state']);
    expect(client.events[1]?.data.revision).toBe(1);
    client.drop();
  });

  test('until=dispatched stays open after the approval', async () => {
    const { token, id } = await world.ask('ship');
    const client = await open(token, '&until=dispatched');
    await world.decide(id, 'bob');
    await until(() => statuses(client).includes('approved'), 'the approval is shown');
    await until(() => client.heartbeats.length >= 2, 'the stream goes on');
    expect(client.ended).toBe(false);
    await world.dispatch(id);
    await world.step(id, 1, 'succeeded');
    await until(() => client.ended, 'the end is the end of the stream');
    expect(statuses(client).at(-1)).toBe('dispatched');
  });

  test('until=dispatched ends with a failure, and begins anew once it is tried again', async () => {
    const { token, id } = await world.ask('ship');
    await world.decide(id, 'bob');
    await world.dispatch(id);
    await world.step(id, 1, 'failed');
    const first = await open(token, '&until=dispatched');
    await until(() => first.ended, 'a failure is an end');
    expect(statuses(first).at(-1)).toBe('dispatch_failed');
    await world.dispatch(id);
    const second = await open(token, '&until=dispatched');
    await until(() => statuses(second).includes('dispatching'), 'it is shown as it stands');
    expect(second.ended).toBe(false);
    await world.step(id, 2, 'succeeded');
    await until(() => second.ended, 'now it is done');
    expect(statuses(second)).not.toContain('dispatch_failed');
    expect(statuses(second).at(-1)).toBe('dispatched');
  });

  test('until=dispatched ends when the approval is good no longer, though nobody has recorded it', async () => {
    const { token, id } = await world.ask('ship.brief');
    await world.decide(id, 'bob');
    const client = await open(token, '&until=dispatched');
    await until(() => client.ended, 'the time is over');
    expect(statuses(client).at(-1)).toBe('expired');
  });

  test('no token, an unknown token, unknown parameters', async () => {
    expect((await open('')).status).toBe(400);
    expect((await open('nonsense')).status).toBe(404);
    expect((await open('nonsense', '&x=1')).status).toBe(400);
    expect((await connect(`${world.url}/api/guard/wait-sse`)).status).toBe(401);
  });

  test('losing the connection over and over under concurrent commands loses nothing and doubles nothing', async () => {
    const asked = await Promise.all(Array.from({ length: 10 }, () => world.ask('guarded')));
    const followed = asked.map(({ token, position }) => followWithDrops(token, position));
    await Promise.all(
      asked.map(async ({ id }) => {
        for (let round = 0; round < 8; round++) {
          await world.acknowledge(id, 'carol');
          await world.ledger.execute(
            { type: 'WithdrawAcknowledgement', requestId: id, persona: 'on-call' },
            {
              principal: { sub: 'carol', tenant: 'default', kind: 'human', roles: ['approver'], groups: [] },
              via: 'api',
              correlationId: 't',
            },
          );
        }
        await world.acknowledge(id, 'carol');
        await world.decide(id, 'bob');
      }),
    );
    for (const [index, seen] of (await Promise.all(followed)).entries()) {
      const stream = await world.store.readStream(`approval-${asked[index]?.id}`);
      expect(seen).toEqual(stream.slice(1).map(({ position }) => position));
    }
    await until(() => world.streams.watches.count === 0, 'nothing is watched');
    expect(world.streams.connections.stats().open).toBe(0);
  });

  /** Drops the connection after every third event and goes on from the last id. */
  async function followWithDrops(token: string, after: string): Promise<string[]> {
    const seen: string[] = [];
    let last = after;
    for (;;) {
      const client = await open(token, '', { 'last-event-id': last });
      if (client.status === 204) return seen;
      await until(() => client.ended || client.events.length >= 3, 'events or the end');
      client.drop();
      const got = client.events.map(({ id }) => id as string);
      seen.push(...got);
      last = got.at(-1) ?? last;
    }
  }
});
