import { describe, expect, test } from '@jest/globals';
import { START } from '../port.ts';
import { follow } from './follower.ts';
import { type Bench, events, ids } from './ledger.ts';

export function subscribeCases(bench: () => Bench): void {
  describe('subscribe', () => {
    test('gives everything behind START, then what comes', async () => {
      const { store, stream, mine } = bench();
      const [old, live] = [events(7), events(5)];
      await store.append(stream(1), 'no_stream', old);
      const reader = follow(store, { after: START, filter: mine, maxBatch: 3 });
      await reader.until('caught up', () => reader.batches.some(({ caughtUp }) => caughtUp));
      expect(ids(reader.events)).toEqual(ids(old));
      await store.append(stream(1), 6, live);
      await reader.until('the live events', () => reader.events.length >= 12);
      await reader.stop();
      expect(ids(reader.events)).toEqual(ids([...old, ...live]));
      expect(reader.events).toEqual(await store.readStream(stream(1)));
      expect(reader.batches.every((batch) => batch.events.length <= 3)).toBe(true);
    });

    test('starts behind a position, that one excluded', async () => {
      const { store, stream, mine } = bench();
      const batch = events(6);
      await store.append(stream(1), 'no_stream', batch);
      const kept = await store.readStream(stream(1));
      const reader = follow(store, { after: kept[2]?.position ?? '', filter: mine });
      await reader.until('the rest', () => reader.events.length >= 3);
      await reader.stop();
      expect(ids(reader.events)).toEqual(ids(batch.slice(3)));
    });

    test('goes on without loss or repetition from any batch’s position', async () => {
      const { store, stream, mine } = bench();
      const batch = events(23);
      await store.append(stream(1), 'no_stream', batch);
      const seen: string[] = [];
      let after = START;
      while (seen.length < 23) {
        const reader = follow(store, { after, filter: mine, maxBatch: 4 });
        await reader.until('one batch with events', () =>
          reader.batches.some((one) => one.events.length > 0),
        );
        const upTo = reader.batches.findIndex((one) => one.events.length > 0);
        seen.push(...ids(reader.batches[upTo]?.events ?? []));
        after = reader.batches[upTo]?.position ?? '';
        await reader.stop();
      }
      expect(seen).toEqual(ids(batch));
    });

    test('gives only what the filter wants, and moves its position over the rest', async () => {
      const { store, stream, category } = bench();
      const filter = { categories: [category], types: ['Wanted'] };
      const reader = follow(store, { after: START, filter });
      await store.append(stream(1), 'no_stream', [
        ...events(3, 'Dull'),
        ...events(1, 'Wanted'),
        ...events(3, 'Dull'),
      ]);
      await store.append(`${category}x-1`, 'no_stream', events(2, 'Wanted'));
      const { position } = await store.append(stream(1), 6, events(1, 'Wanted'));
      await reader.until('both', () => reader.events.length >= 2);
      await reader.stop();
      expect(reader.events.map(({ revision }) => revision)).toEqual([3, 7]);
      expect((reader.batches.at(-1)?.position ?? '') >= position).toBe(true);
    });

    test('says caughtUp only behind all earlier events, also while others append', async () => {
      const { store, other, stream, mine } = bench();
      for (let n = 0; n < 20; n++) await other.append(stream(n), 'no_stream', events(10));
      const known = await store.head();
      let stopped = false;
      const writing = (async () => {
        for (let n = 100; !stopped; n++) await other.append(stream(n), 'no_stream', events(2));
      })();
      const reader = follow(store, { after: START, filter: mine, maxBatch: 16 });
      await reader.until('caught up', () => reader.batches.some(({ caughtUp }) => caughtUp));
      stopped = true;
      await writing;
      await reader.stop();
      const first = reader.batches.findIndex(({ caughtUp }) => caughtUp);
      const before = reader.batches.slice(0, first + 1).flatMap((batch) => batch.events);
      expect(before.filter(({ position }) => position <= known)).toHaveLength(200);
    });

    test('says caughtUp where there is nothing to give', async () => {
      const { store, mine } = bench();
      const reader = follow(store, { after: await store.head(), filter: mine });
      await reader.until('caught up', () => reader.batches.some(({ caughtUp }) => caughtUp));
      await reader.stop();
      expect(reader.events).toEqual([]);
    });

    test('brings another client’s event within a second', async () => {
      const { store, other, stream, mine } = bench();
      const reader = follow(store, { after: START, filter: mine });
      await reader.until('caught up', () => reader.batches.some(({ caughtUp }) => caughtUp));
      for (let n = 0; n < 5; n++) {
        await other.append(stream(n), 'no_stream', events(1));
        await reader.until('the event', () => reader.events.length > n, 1000);
      }
      await reader.stop();
    });

    test('waits for a slow subscriber and loses nothing', async () => {
      const { store, stream, mine } = bench();
      const gate = Promise.withResolvers<void>();
      const reader = follow(store, { after: START, filter: mine, maxBatch: 50, onBatch: () => gate.promise });
      await store.append(stream('first'), 'no_stream', events(1));
      await reader.until('a batch', () => reader.batches.length > 0);
      const expected: string[] = [];
      for (let n = 0; n < 30; n++) {
        const batch = events(50);
        await store.append(stream(n), 'no_stream', batch);
        expected.push(...ids(batch));
      }
      const held = reader.batches.length;
      expect(held).toBe(1);
      gate.resolve();
      await reader.until('everything', () => reader.events.length >= 1501);
      await reader.stop();
      expect(ids(reader.events).slice(1)).toEqual(expected);
      expect(reader.batches.every((batch) => batch.events.length <= 50)).toBe(true);
    });

    test('ends without an error when aborted: before it began, while it waits, between batches', async () => {
      const { store, stream, mine } = bench();
      await store.append(stream(1), 'no_stream', events(40));
      for await (const _ of store.subscribe({ after: START, filter: mine, signal: AbortSignal.abort() })) {
        throw new Error('an aborted subscription gives nothing');
      }
      const waiting = follow(store, { after: START, filter: mine });
      await waiting.until('caught up', () => waiting.batches.some(({ caughtUp }) => caughtUp));
      await waiting.stop();

      const abort = new AbortController();
      let batches = 0;
      for await (const _ of store.subscribe({
        after: START,
        filter: mine,
        signal: abort.signal,
        maxBatch: 5,
      })) {
        batches++;
        abort.abort();
      }
      expect(batches).toBe(1);
    });

    test('can be left by break, and taken up by many at once', async () => {
      const { store, stream, mine } = bench();
      const batch = events(5);
      const signal = new AbortController().signal;
      for await (const _ of store.subscribe({ after: START, filter: mine, signal })) break;
      const readers = Array.from({ length: 10 }, () => follow(store, { after: START, filter: mine }));
      await store.append(stream(1), 'no_stream', batch);
      for (const reader of readers) {
        await reader.until('all five', () => reader.events.length >= 5);
        await reader.stop();
        expect(ids(reader.events)).toEqual(ids(batch));
      }
    });

    test('refuses a position, a batch size or a filter that makes no sense', async () => {
      const { store } = bench();
      await expect(follow(store, { after: 'nonsense' }).done).rejects.toMatchObject({ kind: 'refused' });
      await expect(follow(store, { after: START, maxBatch: 0 }).done).rejects.toMatchObject({
        kind: 'refused',
      });
      await expect(follow(store, { after: START, filter: { types: [] } }).done).rejects.toMatchObject({
        kind: 'refused',
      });
    });
  });
}
