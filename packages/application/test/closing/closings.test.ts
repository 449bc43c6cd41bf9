import { createClosings, LedgerUnavailable, newId, timestamp } from '@countersign/application';
import type { ClosingOutcome } from '@countersign/domain';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Instances, STORES, spoiling } from '../slack/instances.ts';

describe.each(STORES)('who was told of a decision, kept in %s', (_name, start) => {
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
    return [createClosings({ store: first, clock }), createClosings({ store: second, clock })] as const;
  };
  const CALL = { call: 'callback', connector: 'webhook', operation: 'post', idempotencyKey: 'k' } as const;
  const claim = (requestId: string, instance: string) => ({
    requestId,
    tenant: 'default',
    call: CALL,
    instance,
    until: timestamp(() => now + 60_000),
  });
  const failed = (nth: number, retryInMs?: number): ClosingOutcome => ({
    type: 'ClosingFailed',
    data: {
      at: timestamp(clock),
      call: 'callback',
      try: nth,
      error: 'the receiver answered 503',
      outcomeUnknown: true,
      ...(retryInMs !== undefined && { retryAt: timestamp(() => now + retryInMs) }),
    },
  });
  const succeeded = (nth: number): ClosingOutcome => ({
    type: 'ClosingSucceeded',
    data: { at: timestamp(clock), call: 'callback', try: nth, result: { status: 200 }, reconciled: false },
  });
  const types = async (requestId: string) =>
    (await instances.stores[0].readStream(`closing-${requestId}`)).map(({ type }) => type);

  test('a call that is lost, and made again, as both instances see it', async () => {
    const [a, b] = pair();
    const id = newId();
    expect(await a.load(id)).toEqual({});
    expect(await a.claim(claim(id, 'a'))).toMatchObject({
      outcome: 'taken',
      before: null,
      current: { tries: 1 },
    });
    expect(await b.claim(claim(id, 'b'))).toEqual({ outcome: 'not_yet', at: '2026-01-01T10:01:00.000Z' });
    expect(await b.record(id, 'b', failed(1, 5000))).toBe('lost');
    expect(await a.record(id, 'a', failed(1, 5000))).toBe('recorded');
    expect(await a.record(id, 'a', failed(1, 5000))).toBe('recorded');
    expect(await b.claim(claim(id, 'b'))).toEqual({ outcome: 'not_yet', at: '2026-01-01T10:00:05.000Z' });
    now += 5000;
    expect(await b.claim(claim(id, 'b'))).toMatchObject({
      outcome: 'taken',
      before: { status: 'retrying', outcomeUnknown: true },
      current: { status: 'started', tries: 2, instance: 'b' },
    });
    expect(await b.record(id, 'b', succeeded(2))).toBe('recorded');
    expect(await a.claim(claim(id, 'a'))).toEqual({ outcome: 'done' });
    expect(await a.load(id)).toMatchObject({ callback: { status: 'succeeded', result: { status: 200 } } });
    expect(await types(id)).toEqual([
      'ClosingStarted',
      'ClosingFailed',
      'ClosingStarted',
      'ClosingSucceeded',
    ]);
  });

  test('what a dead instance left passes to the other one when the lease is over', async () => {
    const [a, b] = pair();
    const id = newId();
    await a.claim(claim(id, 'a'));
    now += 60_000;
    expect(await b.claim(claim(id, 'b'))).toMatchObject({ outcome: 'taken', before: { instance: 'a' } });
    expect(await a.record(id, 'a', succeeded(1))).toBe('lost');
    expect(await b.record(id, 'b', failed(2))).toBe('recorded');
    expect(await a.claim(claim(id, 'a'))).toEqual({ outcome: 'done' });
  });

  test('two instances race: one of them takes it, each time', async () => {
    const [a, b] = pair();
    for (let round = 0; round < 20; round++) {
      const id = newId();
      const outcomes = await Promise.all([a.claim(claim(id, 'a')), b.claim(claim(id, 'b'))]);
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['not_yet', 'taken']);
      const holder = outcomes[0].outcome === 'taken' ? 'a' : 'b';
      expect((await a.load(id)).callback?.instance).toBe(holder);
      expect(await types(id)).toEqual(['ClosingStarted']);
    }
  });

  test('a lost answer is no second claim, and a lost record no second record', async () => {
    const [store] = instances.stores;
    const a = createClosings({ store: spoiling(store, 'lost', 'lost', 'down', 'lost'), clock });
    const id = newId();
    expect(await a.claim(claim(id, 'a'))).toMatchObject({ outcome: 'taken', current: { tries: 1 } });
    expect(await a.record(id, 'a', succeeded(1))).toBe('recorded');
    expect(await types(id)).toEqual(['ClosingStarted', 'ClosingSucceeded']);
  });

  test('whose claim was never answered waits for the end of its own lease', async () => {
    const [store] = instances.stores;
    const a = createClosings({ store: spoiling(store, 'lost'), clock, deadlineMs: 0 });
    const id = newId();
    const unknown = { name: 'LedgerUnavailable', outcomeUnknown: true };
    await expect(a.claim(claim(id, 'a'))).rejects.toMatchObject(unknown);
    expect(await a.claim(claim(id, 'a'))).toMatchObject({ outcome: 'not_yet' });
    now += 60_000;
    expect(await a.claim(claim(id, 'a'))).toMatchObject({ outcome: 'taken', current: { tries: 2 } });
  });

  test('a store that does not answer is told as such', async () => {
    const [a] = pair();
    await Promise.all(instances.stores.map((store) => store.close()));
    for (const failing of [
      a.load(newId()),
      a.claim(claim(newId(), 'a')),
      a.record(newId(), 'a', succeeded(1)),
    ])
      await expect(failing).rejects.toBeInstanceOf(LedgerUnavailable);
  });
});
