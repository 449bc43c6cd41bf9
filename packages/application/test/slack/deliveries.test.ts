import { createSlackDeliveries, LedgerUnavailable, newId, timestamp } from '@countersign/application';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Instances, STORES, spoiling } from './instances.ts';

describe.each(STORES)('what Slack was told, kept in %s', (_name, start) => {
  let instances: Instances;
  let now: number;
  beforeEach(async () => {
    instances = await start();
    now = Date.parse('2026-01-01T10:00:00.000Z');
  });
  afterEach(() => instances.close());

  const clock = () => now;
  const pair = () => {
    const [first, second] = instances.stores;
    return [
      createSlackDeliveries({ store: first, clock }),
      createSlackDeliveries({ store: second, clock }),
    ] as const;
  };
  const ITEMS = [
    { key: 'message', to: '#deploys' },
    { key: 'reply@1', to: '#deploys' },
  ];
  const claim = (requestId: string, by: string, upTo = 1) => ({
    requestId,
    tenant: 'default',
    by,
    until: timestamp(() => now + 45_000),
    upTo,
    items: ITEMS,
  });
  const sent = (key: string) => ({
    type: 'SlackItemSent' as const,
    data: { at: timestamp(clock), key, channel: 'C1', ts: '1.1', found: false },
  });
  const delivered = (upTo: number) => ({
    type: 'SlackDelivered' as const,
    data: { at: timestamp(clock), upTo },
  });
  const types = async (requestId: string) =>
    (await instances.stores[0].readStream(`slack-${requestId}`)).map(({ type }) => type);

  test('a delivery, from claim to end, as both instances see it', async () => {
    const [a, b] = pair();
    const id = newId();
    expect(await a.load(id)).toMatchObject({ claim: null, deliveredTo: -1 });
    expect(await a.claim(claim(id, 'a'))).toMatchObject({ outcome: 'taken', takenFrom: null });
    expect(await a.record(id, 'a', sent('message'))).toBe('recorded');
    expect(await a.record(id, 'a', sent('message'))).toBe('recorded');
    expect(await b.claim(claim(id, 'b'))).toEqual({
      outcome: 'held',
      until: '2026-01-01T10:00:45.000Z',
    });
    expect(await b.record(id, 'b', sent('reply@1'))).toBe('lost');
    expect(await a.record(id, 'a', sent('reply@1'))).toBe('recorded');
    expect(await a.record(id, 'a', delivered(1))).toBe('recorded');
    expect(await a.record(id, 'a', delivered(1))).toBe('recorded');
    expect(await b.claim(claim(id, 'b'))).toEqual({ outcome: 'done' });
    const known = await b.load(id);
    expect(known).toMatchObject({ claim: null, deliveredTo: 1, givenUp: [] });
    expect(Object.keys(known.sent)).toEqual(['message', 'reply@1']);
    expect(await types(id)).toEqual([
      'SlackDeliveryClaimed',
      'SlackItemSent',
      'SlackItemSent',
      'SlackDelivered',
    ]);
  });

  test('an interrupted delivery passes to the other instance as it was claimed', async () => {
    const [a, b] = pair();
    const id = newId();
    await a.claim(claim(id, 'a'));
    await a.record(id, 'a', sent('message'));
    now += 45_000;
    const taken = await b.claim({ ...claim(id, 'b', 7), items: [] });
    expect(taken).toMatchObject({
      outcome: 'taken',
      takenFrom: 'a',
      delivery: { claim: { by: 'b', upTo: 1, items: ITEMS }, sent: { message: { ts: '1.1' } } },
    });
    expect(await a.record(id, 'a', sent('reply@1'))).toBe('lost');
    expect(await a.record(id, 'a', delivered(1))).toBe('lost');
    expect(await b.record(id, 'b', delivered(1))).toBe('recorded');
    expect(await b.claim(claim(id, 'b', 2))).toMatchObject({ outcome: 'taken', takenFrom: null });
  });

  test('a holder whose lease ran out records while nobody has replaced it', async () => {
    const [a] = pair();
    const id = newId();
    await a.claim(claim(id, 'a'));
    now += 3_600_000;
    expect(await a.record(id, 'a', sent('message'))).toBe('recorded');
    expect(await a.claim(claim(id, 'a'))).toMatchObject({ outcome: 'taken', takenFrom: 'a' });
  });

  test('two instances race: one of them takes it, each time', async () => {
    const [a, b] = pair();
    for (let round = 0; round < 20; round++) {
      const id = newId();
      const outcomes = await Promise.all([a.claim(claim(id, 'a')), b.claim(claim(id, 'b'))]);
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['held', 'taken']);
      const holder = outcomes[0].outcome === 'taken' ? 'a' : 'b';
      expect((await a.load(id)).claim?.by).toBe(holder);
      expect(await types(id)).toEqual(['SlackDeliveryClaimed']);
    }
  });

  test('a lost answer is no second claim, and a lost record no second record', async () => {
    const [store] = instances.stores;
    const a = createSlackDeliveries({ store: spoiling(store, 'lost', 'lost', 'down', 'lost'), clock });
    const id = newId();
    expect(await a.claim(claim(id, 'a'))).toMatchObject({ outcome: 'taken', takenFrom: null });
    expect(await a.record(id, 'a', sent('message'))).toBe('recorded');
    expect(await types(id)).toEqual(['SlackDeliveryClaimed', 'SlackItemSent']);
  });

  test('whose claim was left open by a failure has it as interrupted', async () => {
    const [store] = instances.stores;
    const a = createSlackDeliveries({ store: spoiling(store, 'lost'), clock, deadlineMs: 0 });
    const id = newId();
    await expect(a.claim(claim(id, 'a'))).rejects.toMatchObject({
      name: 'LedgerUnavailable',
      outcomeUnknown: true,
    });
    expect(await a.claim(claim(id, 'a'))).toMatchObject({ outcome: 'taken', takenFrom: 'a' });
  });

  test('a store that does not answer is told as such', async () => {
    const [a] = pair();
    await Promise.all(instances.stores.map((store) => store.close()));
    for (const failing of [a.load(newId()), a.claim(claim(newId(), 'a'))])
      await expect(failing).rejects.toBeInstanceOf(LedgerUnavailable);
  });
});
