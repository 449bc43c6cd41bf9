import { describe, expect, test } from '@jest/globals';
import { START } from '../port.ts';
import { follow } from './follower.ts';
import { type Bench, events } from './ledger.ts';

export function closeCases(bench: () => Bench): void {
  describe('close', () => {
    test('a store that works is healthy', async () => {
      expect(await bench().store.health()).toMatchObject({ status: 'ok' });
    });

    test('finishes the appends under way; later calls reject as unavailable', async () => {
      const { store, stream } = bench();
      const underWay = Array.from({ length: 20 }, (_, n) => store.append(stream(n), 'no_stream', events(2)));
      const closing = store.close();
      await expect(store.append(stream('late'), 'no_stream', events(1))).rejects.toMatchObject({
        kind: 'unavailable',
      });
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
    });

    test('fails a subscription that nobody aborted', async () => {
      const { store, mine } = bench();
      const reader = follow(store, { after: START, filter: mine });
      await reader.until('caught up', () => reader.batches.some(({ caughtUp }) => caughtUp));
      await store.close();
      await expect(reader.done).rejects.toMatchObject({ kind: 'unavailable' });
    });
  });
}
