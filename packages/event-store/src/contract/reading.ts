import { describe, expect, test } from '@jest/globals';
import { START } from '../port.ts';
import { type Bench, events, ids, readAll } from './ledger.ts';

export function readCases(bench: () => Bench): void {
  describe('readStream', () => {
    test('gives the events from a revision on, none where there are none', async () => {
      const { store, stream } = bench();
      const batch = events(5);
      await store.append(stream(1), 'no_stream', batch);
      await store.append(stream(2), 'no_stream', events(1));
      expect(ids(await store.readStream(stream(1)))).toEqual(ids(batch));
      expect(ids(await store.readStream(stream(1), 0))).toEqual(ids(batch));
      expect(ids(await store.readStream(stream(1), 3))).toEqual(ids(batch.slice(3)));
      expect(await store.readStream(stream(1), 5)).toEqual([]);
      expect(await store.readStream(stream('none'))).toEqual([]);
      await expect(store.readStream(stream(1), -1)).rejects.toMatchObject({ kind: 'refused' });
    });

    test('sees an append as soon as it is acknowledged, whoever made it', async () => {
      const { store, other, stream } = bench();
      for (let revision = 0; revision < 20; revision++) {
        const batch = events(1);
        await other.append(stream(1), revision === 0 ? 'no_stream' : revision - 1, batch);
        expect(ids(await store.readStream(stream(1), revision))).toEqual(ids(batch));
      }
    });

    test('gives long streams whole', async () => {
      const { store, stream } = bench();
      const batches = [events(700), events(700), events(700)];
      await store.append(stream(1), 'no_stream', batches[0] ?? []);
      await store.append(stream(1), 699, batches[1] ?? []);
      await store.append(stream(1), 1399, batches[2] ?? []);
      expect(ids(await store.readStream(stream(1)))).toEqual(ids(batches.flat()));
    });
  });

  describe('readLog', () => {
    test('pages through everything in order', async () => {
      const { store, stream, mine } = bench();
      const origin = await store.head();
      const batches = Array.from({ length: 9 }, () => events(3));
      for (const [index, batch] of batches.entries()) await store.append(stream(index), 'no_stream', batch);

      for (const limit of [1, 2, 9, 26, 27, 28, 1000]) {
        const found = await readAll(store, origin, mine, limit);
        expect(ids(found)).toEqual(ids(batches.flat()));
      }
      const page = await store.readLog(origin, 4, mine);
      expect(page.events).toHaveLength(4);
      expect(page.end).toBe(false);
      expect(page.position).toBe(page.events.at(-1)?.position);
    });

    test('says end exactly when nothing stands behind the page', async () => {
      const { store, stream } = bench();
      const origin = await store.head();
      const { position } = await store.append(stream(1), 'no_stream', events(6));
      expect(await store.readLog(origin, 5, bench().mine)).toMatchObject({ end: false });
      expect(await store.readLog(origin, 6, bench().mine)).toMatchObject({ end: true });
      const after = (await store.readLog(origin, 5, bench().mine)).position;
      const last = await store.readLog(after, 5, bench().mine);
      expect(last.events).toHaveLength(1);
      expect(last.end).toBe(true);
      expect(last.position >= position).toBe(true);
      const behind = await store.readLog(last.position, 5);
      expect(behind).toEqual({ events: [], position: behind.position, end: true });
      expect(behind.position >= last.position).toBe(true);
    });

    test('moves on over events that do not match', async () => {
      const { store, stream, category } = bench();
      const origin = await store.head();
      for (let n = 0; n < 30; n++) await store.append(stream(n), 'no_stream', events(10, 'Dull'));
      const none = { categories: [category], types: ['Rare'] };
      expect(await readAll(store, origin, none, 10)).toEqual([]);
      let page = await store.readLog(origin, 10, none);
      while (!page.end) page = await store.readLog(page.position, 10, none);
      expect(page.position >= (await store.head())).toBe(true);

      const { position } = await store.append(stream('x'), 'no_stream', events(1, 'Rare'));
      const found = await store.readLog(page.position, 10, none);
      expect(found.events.map((one) => one.position)).toEqual([position]);
    });

    test('filters by category and by type', async () => {
      const { store, category } = bench();
      const streams = [
        category,
        `${category}-1`,
        `${category}-1-2`,
        `${category}x-1`,
        `${category}x`,
        `x${category}-1`,
      ];
      for (const stream of streams) {
        await store.append(stream, 'no_stream', [...events(1, 'A'), ...events(1, 'B'), ...events(1, 'AB')]);
      }
      const seen = async (filter: object): Promise<string[]> =>
        (await readAll(store, START, filter, 2)).map(
          (one) => `${one.stream.replace(category, '*')} ${one.type}`,
        );

      expect(await seen({ categories: [category], types: ['A'] })).toEqual(['* A', '*-1 A', '*-1-2 A']);
      expect(await seen({ categories: [`${category}x`, `x${category}`], types: ['A', 'AB'] })).toEqual(
        ['*x-1', '*x', 'x*-1'].flatMap((stream) => [`${stream} A`, `${stream} AB`]),
      );
      expect(await seen({ categories: [category] })).toHaveLength(9);
      const typed = await seen({ types: ['AB'] });
      expect(typed.filter((one) => one.includes('*'))).toHaveLength(6);
      expect(typed.every((one) => one.endsWith(' AB'))).toBe(true);
    });

    test('refuses a position, a limit or a filter that makes no sense', async () => {
      const { store } = bench();
      await expect(store.readLog('nonsense', 10)).rejects.toMatchObject({ kind: 'refused' });
      await expect(store.readLog(START, 0)).rejects.toMatchObject({ kind: 'refused' });
      await expect(store.readLog(START, 1.5)).rejects.toMatchObject({ kind: 'refused' });
      await expect(store.readLog(START, 1, { types: [] })).rejects.toMatchObject({ kind: 'refused' });
      await expect(store.readLog(START, 1, { categories: ['a-b'] })).rejects.toMatchObject({
        kind: 'refused',
      });
    });
  });

  describe('positions', () => {
    test('only ever grow, by `<`, and one of an answer is the one of its last event', async () => {
      const { store, other, stream, mine } = bench();
      let last = await store.head();
      for (let n = 0; n < 12; n++) {
        const answer = await (n % 2 ? store : other).append(stream(n), 'no_stream', events(11));
        const kept = await store.readStream(stream(n));
        for (const { position } of kept) {
          expect(last < position).toBe(true);
          last = position;
        }
        expect(answer.position).toBe(last);
        expect((await store.head()) >= last).toBe(true);
      }
      const log = await readAll(store, START, mine);
      for (const [index, { position }] of log.entries()) {
        const [next] = (await store.readLog(position, 1, mine)).events;
        expect(next?.id).toBe(log[index + 1]?.id);
      }
    });
  });
}
