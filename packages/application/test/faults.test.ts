import { setTimeout as aMoment } from 'node:timers/promises';
import {
  createLedger,
  createPolicyRegister,
  type Ledger,
  type LedgerOptions,
  LedgerUnavailable,
} from '@countersign/application';
import { type EventStore, openSqliteStore, StoreError } from '@countersign/event-store';
import { afterEach, describe, expect, test } from '@jest/globals';
import { as, ci, codeOf, human, made, openWorld, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

/** The real store, whose next answers to an append are spoiled in these ways. */
function spoiling(spoils: ('lost' | 'down')[]): (store: EventStore) => EventStore {
  return (store) => ({
    ...store,
    readStream: (...args) => store.readStream(...args),
    async append(...args) {
      const spoil = spoils.shift();
      if (spoil === 'down') throw new StoreError('unavailable', 'down');
      const result = await store.append(...args);
      if (spoil === 'lost') throw new StoreError('unknown_outcome', 'the answer was lost');
      return result;
    },
  });
}

const approve = (id: string, who: string) =>
  world.ledger.execute({ type: 'Decide', requestId: id, status: 'approved' }, as(human(who)));
const idOf = (answer: Awaited<ReturnType<World['ask']>>) => made(answer).approval.request.requestId;

function anotherInstance(changes: Partial<LedgerOptions> = {}): Ledger {
  const { store, keys, policies } = world;
  return createLedger({
    store,
    keys,
    policies,
    clock: () => world.now,
    overrideLimits: { maxKeys: 5, maxChars: 1000 },
    ...changes,
  });
}

describe('when the store does not answer', () => {
  test('a lost answer is asked for again with the same events: written once, answered as the first time', async () => {
    world = await openWorld({ wrap: spoiling(['lost', 'lost']) });
    const answer = made(await world.ask());
    expect(answer.changed).toBe(true);
    expect(await world.stream(`approval-${idOf(answer)}`)).toHaveLength(1);
  });

  test('a store that is down for a moment costs a moment', async () => {
    world = await openWorld({ wrap: spoiling(['down', 'down', 'down']) });
    expect(codeOf(await world.ask())).toBe('ok');
  });

  test('past the deadline the caller is told, and whether it may have been written', async () => {
    world = await openWorld({ wrap: spoiling(Array(500).fill('down')), deadlineMs: 50 });
    await expect(world.ask()).rejects.toMatchObject({ name: 'LedgerUnavailable', outcomeUnknown: false });
    await world.close();
    world = await openWorld({ wrap: spoiling(Array(500).fill('lost')), deadlineMs: 50 });
    const asked = world.ask({ idempotencyKey: 'k' });
    await expect(asked).rejects.toBeInstanceOf(LedgerUnavailable);
    await expect(asked).rejects.toMatchObject({ outcomeUnknown: true });
    expect(await world.store.head()).not.toBe('');
  });
});

test('refused attempts that come all at once are all recorded, however slow the disk', async () => {
  world = await openWorld({
    wrap: (store) => ({
      ...store,
      readStream: (...args) => store.readStream(...args),
      async append(...args) {
        await aMoment(5);
        return store.append(...args);
      },
    }),
  });
  const id = idOf(await world.ask());
  const people = Array.from({ length: 60 }, (_, index) => `mallory-${index}`);
  await Promise.all(people.map((who) => world.approve(id, who)));
  const recorded = (await world.stream(`attempt-${id}`)).map((event) => JSON.parse(event.data).by.sub);
  expect(recorded.sort()).toEqual(people.sort());
});

describe('two instances on one ledger', () => {
  test('decide the same request at once: no vote is lost, none doubled', async () => {
    world = await openWorld();
    const second = anotherInstance();
    for (let round = 0; round < 20; round++) {
      const id = idOf(await world.ask());
      const vote = { type: 'Decide', requestId: id, status: 'approved' } as const;
      await Promise.all([
        world.ledger.execute(vote, as(human('bob'))),
        second.execute(vote, as(human('carol'))),
        second.execute(vote, as(human('bob'))),
        world.ledger.execute(vote, as(human('carol'))),
      ]);
      const types = (await world.stream(`approval-${id}`)).map((event) => event.type);
      expect(types.filter((type) => type === 'ApprovalGranted')).toHaveLength(2);
      expect(types.filter((type) => type === 'RequestApproved')).toHaveLength(1);
    }
  });

  test('a state remembered from before another instance wrote refuses nobody wrongly', async () => {
    world = await openWorld();
    const id = idOf(await world.ask());
    await approve(id, 'bob');
    const second = anotherInstance();
    await second.execute({ type: 'CancelRequest', requestId: id }, as(ci));
    const late = await approve(id, 'carol');
    expect(late).toMatchObject({
      ok: false,
      refusal: { code: 'already_decided', facts: { outcome: 'cancelled' } },
    });
  });

  test('asked the same under one idempotency key at once, make one request, and one of them says so', async () => {
    const written: string[] = [];
    const appended = () => written.push('one');
    world = await openWorld({ signals: { appended } });
    const second = anotherInstance({ clock: () => world.now + 5000, signals: { appended } });
    const ask = { action: 'deploy', params: { service: 'shop' }, channel: 'guard' } as const;
    for (let round = 0; round < 10; round++) {
      const same = { ...ask, idempotencyKey: `k${round}` };
      const answers = (
        await Promise.all([world.ledger.request(same, as(ci)), second.request(same, as(ci))])
      ).map(made);
      expect(answers.map(({ changed }) => changed).sort()).toEqual([false, true]);
      expect(answers[0]?.approval).toEqual(answers[1]?.approval);
      expect(written.splice(0)).toEqual(['one']);
    }
  });

  test('that differ in what their policies seal still see one body as one body', async () => {
    world = await openWorld();
    const policies = createPolicyRegister({
      store: await openSqliteStore(':memory:'),
      clock: () => world.now,
    });
    const text = 'version: 1\nactions: { secret: { redact: [/other] } }\n';
    await policies.activate({ file: 'policy.yaml', text, schemas: {} }, 'test', 'start');
    const second = anotherInstance({ policies });
    const ask = {
      action: 'secret',
      params: { password: 'x' },
      channel: 'guard',
      idempotencyKey: 'k',
    } as const;
    const answers = await Promise.all([world.ledger.request(ask, as(ci)), second.request(ask, as(ci))]);
    expect(answers.map(codeOf)).toEqual(['ok', 'ok']);
    expect(new Set(answers.map(idOf)).size).toBe(1);
  });

  test('a revision that another instance has moved on from is told as it is now', async () => {
    world = await openWorld();
    const id = idOf(await world.ask());
    const second = anotherInstance();
    const vote = { type: 'Decide', requestId: id, status: 'approved' } as const;
    await second.execute(vote, as(human('bob')));
    const stale = await world.ledger.execute(vote, as(human('carol'), { ifRevision: 0 }));
    expect(stale).toMatchObject({
      refusal: { code: 'stale_revision', facts: { revision: 1 } },
      known: { revision: 1 },
    });
  });
});
