import { createReplayGuard, systemClock } from '@countersign/application';
import { decodeEvent, sha256 } from '@countersign/domain';
import { START } from '@countersign/event-store';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Instances, STORES, spoiling } from './instances.ts';

describe.each(STORES)('signed calls, remembered in %s', (_name, start) => {
  let instances: Instances;
  beforeEach(async () => {
    instances = await start();
  });
  afterEach(() => instances.close());

  const guards = () => instances.stores.map((store) => createReplayGuard({ store, clock: systemClock }));
  const [one, other] = [`v0=${'0123'.repeat(16)}`, `v0=${'4567'.repeat(16)}`];

  test('pass once, across instances and restarts', async () => {
    const [a, b] = guards();
    expect(await a?.accept('slack', one)).toBe(true);
    expect(await a?.accept('slack', one)).toBe(false);
    expect(await b?.accept('slack', one)).toBe(false);
    expect(await guards()[0]?.accept('slack', one)).toBe(false);
    expect(await b?.accept('slack', other)).toBe(true);
  });

  test('race: one of two instances has it, each time', async () => {
    const [a, b] = guards();
    for (let round = 0; round < 20; round++) {
      const signature = `v0=${round}`;
      const answers = await Promise.all([
        a?.accept('slack', signature),
        b?.accept('slack', signature),
        a?.accept('slack', signature),
      ]);
      expect(answers.filter(Boolean)).toHaveLength(1);
    }
  });

  test('are taken once when the answer is lost, and it is the one call that is told so', async () => {
    const [store] = instances.stores;
    const guard = createReplayGuard({ store: spoiling(store, 'lost', 'down', 'lost'), clock: systemClock });
    expect(await guard.accept('slack', one)).toBe(true);
    expect(await guard.accept('slack', one)).toBe(false);
  });

  test('past the deadline nobody is told that it passed', async () => {
    const [store] = instances.stores;
    const guard = createReplayGuard({ store: spoiling(store, 'lost'), clock: systemClock, deadlineMs: 0 });
    await expect(guard.accept('slack', one)).rejects.toMatchObject({
      name: 'LedgerUnavailable',
      outcomeUnknown: true,
    });
    // It may have been carried out, so that it is refused from now on.
    expect(await guard.accept('slack', one)).toBe(false);
  });

  test('leave nothing in the ledger that could be sent again', async () => {
    await guards()[0]?.accept('slack', one);
    const digest = sha256(one);
    const [stored] = await instances.stores[1].readStream(`signature-${digest.slice(7)}`);
    if (!stored) throw new Error('nothing was stored');
    expect(decodeEvent(stored).data).toEqual({ at: expect.any(String), from: 'slack', digest });
    const { events } = await instances.stores[0].readLog(START, 10);
    expect(events.map(({ data, metadata, stream }) => data + metadata + stream).join()).not.toContain(
      one.slice(3),
    );
  });
});
