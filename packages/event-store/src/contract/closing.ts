import { expect, test } from '@jest/globals';
import { type EventStore, START } from '../port.ts';
import { follow } from './follower.ts';
import { events, type Ledger, names } from './ledger.ts';

/** Each case has a ledger and a client of its own, because it closes them. */
export function closeCases(create: () => Promise<Ledger>): void {
  const withStore = async (body: (store: EventStore) => Promise<void>): Promise<void> => {
    const ledger = await create();
    const store = await ledger.open();
    try {
      await body(store);
    } finally {
      await store.close();
      await ledger.cleanup();
    }
  };

  test('finishes the appends under way; later calls reject as unavailable', () =>
    withStore(async (store) => {
      const { stream } = names();
      expect(await store.health()).toMatchObject({ status: 'ok' });
      const underWay = Array.from({ length: 20 }, (_, n) => store.append(stream(n), 'no_stream', events(2)));
      const closing = store.close();
      const late = store.append(stream('late'), 'no_stream', events(1));
      await expect(late).rejects.toMatchObject({ kind: 'unavailable' });
      for (const append of underWay) await expect(append).resolves.toMatchObject({ revision: 1 });
      await closing;

      const unavailable = { name: 'StoreError', kind: 'unavailable' };
      await expect(store.append(stream(1), 1, events(1))).rejects.toMatchObject(unavailable);
      await expect(store.readStream(stream(1))).rejects.toMatchObject(unavailable);
      await expect(store.readLog(START, 1)).rejects.toMatchObject(unavailable);
      await expect(store.head()).rejects.toMatchObject(unavailable);
      await expect(follow(store, { after: START }).done).rejects.toMatchObject(unavailable);
      expect(await store.health()).toMatchObject({ status: 'unavailable' });
      await store.close();
    }));

  test('fails a subscription that nobody aborted', () =>
    withStore(async (store) => {
      const reader = follow(store, { after: START });
      await reader.until('caught up', () => reader.batches.some(({ caughtUp }) => caughtUp));
      await store.close();
      await expect(reader.done).rejects.toMatchObject({ kind: 'unavailable' });
    }));
}
