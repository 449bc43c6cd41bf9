import { createLedger, type Ledger, LedgerUnavailable } from '@countersign/application';
import { type EventStore, StoreError } from '@countersign/event-store';
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

function anotherInstance(): Ledger {
  const { store, keys, policies } = world;
  return createLedger({
    store,
    keys,
    policies,
    clock: () => world.now,
    overrideLimits: { maxKeys: 5, maxChars: 1000 },
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
});
