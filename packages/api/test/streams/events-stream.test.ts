import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect, type SseClient } from './sse-client.ts';
import { openWorld, until, type World } from './world.ts';

describe('GET /api/events/stream', () => {
  let world: World;
  beforeAll(async () => {
    // A small ring, so that resuming also reads the log.
    world = await openWorld({ ringSize: 16, limits: { heartbeatMs: 40, maxFeedAgeMs: 60_000 } });
  });
  afterAll(() => world.close());

  const open = (query = '', headers: Record<string, string> = {}) =>
    connect(`${world.url}/api/events/stream?${query}`, headers);
  const types = (client: SseClient) => client.events.map(({ event }) => event);
  const opened = (client: SseClient) => until(() => client.heartbeats.length > 0, 'the stream is live');

  test('shows every event to an auditor, in order, as it happens', async () => {
    const client = await open();
    await opened(client);
    const { id } = await world.ask('solo');
    await world.decide(id, 'bob');
    await client.count(4);
    expect(types(client)).toEqual([
      'ApprovalRequested',
      'ApprovalGranted',
      'StageCompleted',
      'RequestApproved',
    ]);
    const [, granted] = client.events;
    expect(granted?.data).toMatchObject({
      type: 'ApprovalGranted',
      requestId: id,
      action: 'solo',
      revision: 1,
      position: granted?.id,
      actor: { sub: 'bob', kind: 'human', via: 'api' },
      data: { stage: 0 },
    });
    expect(client.events.map((event) => event.id)).toEqual(client.events.map((event) => event.id).toSorted());
    client.drop();
  });

  test('shows refused attempts, and no ciphertext', async () => {
    const client = await open();
    await opened(client);
    const secret = { password: 'hunter2-hunter2', customer: { email: 'jane@example.com' }, size: 1 };
    const { id } = await world.ask('secret', secret);
    await world.decide(id, 'mallory');
    await client.count(2);
    expect(types(client)).toEqual(['ApprovalRequested', 'UnauthorizedAttempted']);
    expect(client.events[0]?.data.data.params).toMatchObject({
      password: { $hmac: expect.any(String) },
      size: 1,
    });
    expect(client.body).not.toContain('$sealed');
    expect(client.body).not.toContain('hunter2');
    expect(client.body).not.toContain('jane@example.com');
    client.drop();
  });

  test('shows others only what they may read', async () => {
    const readers = {
      requester: await open('', { 'x-sub': 'ci', 'x-roles': 'requester' }),
      approver: await open('', { 'x-sub': 'bob', 'x-roles': 'approver' }),
      stranger: await open('', { 'x-sub': 'mallory', 'x-roles': 'approver' }),
      admin: await open('', { 'x-sub': 'root', 'x-roles': 'admin' }),
      elsewhere: await open('', { 'x-sub': 'eve', 'x-roles': 'auditor', 'x-tenant': 'acme' }),
    };
    await Promise.all(Object.values(readers).map(opened));
    await world.ask('solo');
    await world.ask('report.daily');
    await readers.admin.count(3);
    await readers.requester.count(3);
    await readers.approver.count(1);
    // Heartbeats carry the position the stream stands at: those behind it were left out on purpose.
    const last = readers.admin.events.at(-1)?.id ?? '';
    for (const client of Object.values(readers)) await until(() => client.lastEventId >= last, 'caught up');
    expect(types(readers.approver)).toEqual(['ApprovalRequested']);
    expect(readers.stranger.events).toEqual([]);
    expect(readers.elsewhere.events).toEqual([]);
    for (const client of Object.values(readers)) client.drop();
  });

  test('filters by type, request and action', async () => {
    const { id } = await world.ask('solo');
    const filtered = {
      type: await open('type=RequestApproved,RequestDenied'),
      request: await open(`requestId=${id}`),
      action: await open('action=deploy'),
    };
    const all = await open();
    await Promise.all([...Object.values(filtered), all].map(opened));
    await world.decide(id, 'bob');
    const other = await world.ask('deploy');
    await world.decide(other.id, 'bob', 'denied');
    await all.count(6);
    await filtered.action.count(3);
    await filtered.type.count(2);
    await filtered.request.count(3);
    expect(types(filtered.type)).toEqual(['RequestApproved', 'RequestDenied']);
    expect(types(filtered.request)).toEqual(['ApprovalGranted', 'StageCompleted', 'RequestApproved']);
    expect(types(filtered.action)).toEqual(['ApprovalRequested', 'DenialGiven', 'RequestDenied']);
    for (const client of [...Object.values(filtered), all]) client.drop();
  });

  test('an unknown type or parameter is refused', async () => {
    for (const query of ['type=RequestMislaid', 'tpye=RequestDenied']) {
      const client = await open(query);
      await client.end();
      expect(client.status).toBe(400);
      expect(JSON.parse(client.body)).toMatchObject({ code: 'invalid_query' });
    }
  });

  test('a position that is none of this ledger gives reset, then what is new', async () => {
    for (const after of ['9999999999999999', 'bogus']) {
      const client = await open(`after=${after}`);
      await client.count(1);
      expect(client.events[0]).toMatchObject({ event: 'reset', data: { reason: expect.any(String) } });
      await opened(client);
      await world.ask('solo');
      await client.count(2);
      expect(types(client)).toEqual(['reset', 'ApprovalRequested']);
      client.drop();
    }
  });

  test('dropping and resuming under concurrent commands: no gap, no double, in order', async () => {
    const start = await world.store.head();
    const followers = [1, 2, 3, 5].map((every) => followWithDrops(start, every * 3));
    const total = 30;
    await Promise.all(
      Array.from({ length: total }, async (_, i) => {
        const { id } = await world.ask('solo');
        await world.decide(id, 'bob', i % 3 ? 'approved' : 'denied');
      }),
    );
    const last = await world.store.head();
    const expected = await positionsAfter(start);
    for (const follower of followers) expect(await follower(last)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(total * 2);
  });

  /** Starts at once; what it gives is awaited with the position at which it ends. */
  function followWithDrops(start: string, every: number): (last: string) => Promise<string[]> {
    const seen: string[] = [];
    let end = '';
    const arrived = (client: SseClient) => end !== '' && (client.events.at(-1)?.id ?? seen.at(-1)) === end;
    const done = (async () => {
      for (let from = start; ; from = seen.at(-1) ?? from) {
        const client = await open(`after=${from}`);
        await until(() => client.events.length >= every || arrived(client), 'events');
        client.drop();
        seen.push(...client.events.map(({ id }) => id as string));
        if (arrived(client)) return seen;
      }
    })();
    return (last) => {
      end = last;
      return done;
    };
  }

  async function positionsAfter(start: string): Promise<string[]> {
    const page = await world.store.readLog(start, 10_000, { categories: ['approval', 'attempt'] });
    return page.events.map(({ position }) => position);
  }

  test('everything from the beginning, when asked for', async () => {
    const client = await open('after=');
    const all = await positionsAfter('');
    await client.count(all.length);
    expect(client.events.map(({ id }) => id)).toEqual(all);
    client.drop();
    await until(() => world.feed.health().subscribers === 0, 'no subscriber is left');
  });
});
