import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { MAX_APPEND_BYTES } from '../check.ts';
import type { ExpectedRevision, NewEvent } from '../port.ts';
import { START } from '../port.ts';
import { type Bench, event, events, ids, readAll } from './ledger.ts';

const ODD_JSON = [
  '{}',
  '[]',
  'null',
  '""',
  '-0',
  '1e-7',
  '123456789012345678901234567890.5',
  '{"":{"":[[],{}]}}',
  '{"a":"\\u0000\\u001f\\\\\\"/"}',
  '{"grüße":"Zoë 日本語 עברית 👩‍👩‍👧 e\u0301\u2028\u2029\ufeff"}',
  `"${'é'.repeat(50_000)}"`,
];

export function appendCases(bench: () => Bench): void {
  describe('append', () => {
    test('keeps every byte of an event and its place', async () => {
      const { store, other, stream } = bench();
      const name = `${stream('Über-1')}/a b`;
      const batch = ODD_JSON.map((json, index) => event(`Type ${index}·ß`, json, ODD_JSON.at(-1 - index)));
      const before = Date.now();
      const answer = await store.append(name, 'no_stream', batch);

      const kept = await other.readStream(name);
      expect(kept.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }))).toEqual(batch);
      expect(kept.map(({ revision }) => revision)).toEqual(batch.map((_, index) => index));
      expect(kept.every((one) => one.stream === name)).toBe(true);
      expect(answer).toEqual({ revision: batch.length - 1, position: kept.at(-1)?.position });
      for (const { storedAt } of kept) expect(Math.abs(storedAt - before)).toBeLessThan(300_000);
    });

    test('takes no_stream for a new stream only', async () => {
      const { store, stream } = bench();
      await store.append(stream(1), 'no_stream', events(1));
      await expect(store.append(stream(1), 'no_stream', events(1))).rejects.toMatchObject({
        kind: 'conflict',
      });
      await store.append(stream(2), 'no_stream', events(1));
      expect(await store.readStream(stream(1))).toHaveLength(1);
    });

    test('takes the exact revision of the last event', async () => {
      const { store, stream } = bench();
      expect(await store.append(stream(1), 'no_stream', events(2))).toMatchObject({ revision: 1 });
      expect(await store.append(stream(1), 1, events(3))).toMatchObject({ revision: 4 });
      expect(await store.append(stream(1), 4, events(1))).toMatchObject({ revision: 5 });
      const kept = await store.readStream(stream(1));
      expect(kept.map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4, 5]);
    });

    test.each<[string, ExpectedRevision]>([
      ['too low', 0],
      ['too high', 3],
      ['far too high', 1_000_000],
    ])('calls a revision that is %s a conflict and writes nothing', async (_, expected) => {
      const { store, stream, mine } = bench();
      const first = events(3);
      await store.append(stream(1), 'no_stream', first);
      await expect(store.append(stream(1), expected, events(2))).rejects.toMatchObject({
        name: 'StoreError',
        kind: 'conflict',
      });
      expect(ids(await readAll(store, START, mine))).toEqual(ids(first));
    });

    test('calls any revision of a stream that does not exist a conflict', async () => {
      const { store, stream } = bench();
      await expect(store.append(stream(1), 0, events(1))).rejects.toMatchObject({ kind: 'conflict' });
      expect(await store.readStream(stream(1))).toEqual([]);
    });
  });

  describe('append again', () => {
    test.each([1, 3])('of the same %i ids at no_stream gives the first answer', async (count) => {
      const { store, other, stream } = bench();
      const batch = events(count);
      const first = await store.append(stream(1), 'no_stream', batch);
      expect(await other.append(stream(1), 'no_stream', batch)).toEqual(first);
      expect(await store.readStream(stream(1))).toHaveLength(count);
    });

    test('of the same ids at the same revision gives the first answer, also when the stream has grown since', async () => {
      const { store, other, stream } = bench();
      const [start, batch, later] = [events(2), events(3), events(2)];
      await store.append(stream(1), 'no_stream', start);
      const first = await store.append(stream(1), 1, batch);
      expect(await other.append(stream(1), 1, batch)).toEqual(first);
      await store.append(stream(1), first.revision, later);
      expect(await other.append(stream(1), 1, batch)).toEqual(first);
      expect((await store.append(stream(1), 'no_stream', start)).revision).toBe(1);
      expect(ids(await store.readStream(stream(1)))).toEqual(ids([...start, ...batch, ...later]));
    });

    test('while the first is still under way gives one answer and writes once', async () => {
      const { store, stream } = bench();
      const batch = events(2);
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => store.append(stream(1), 'no_stream', batch)),
      );
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(await store.readStream(stream(1))).toHaveLength(2);
    });

    test.each<[string, (batch: NewEvent[]) => NewEvent[]]>([
      ['its last id replaced', ([a, b]) => [a as NewEvent, b as NewEvent, event()]],
      ['its first id replaced', ([, b, c]) => [event(), b as NewEvent, c as NewEvent]],
      ['one id more', (batch) => [...batch, event()]],
      ['its order turned', (batch) => batch.toReversed()],
    ])('with %s is a conflict', async (_, change) => {
      const { store, stream } = bench();
      const batch = events(3);
      await store.append(stream(1), 'no_stream', batch);
      await expect(store.append(stream(1), 'no_stream', change(batch))).rejects.toMatchObject({
        kind: 'conflict',
      });
      expect(ids(await store.readStream(stream(1)))).toEqual(ids(batch));
    });

    test('of the same ids at another revision is a conflict', async () => {
      const { store, stream } = bench();
      await store.append(stream(1), 'no_stream', events(1));
      const batch = events(2);
      await store.append(stream(1), 0, batch);
      await expect(store.append(stream(1), 'no_stream', batch)).rejects.toMatchObject({ kind: 'conflict' });
      await expect(store.append(stream(1), 1, batch)).rejects.toMatchObject({ kind: 'conflict' });
    });

    test('of equal content under other ids succeeds for exactly one of two clients', async () => {
      const { store, other, stream } = bench();
      for (let round = 0; round < 10; round++) {
        const claim = (): NewEvent[] => [event('Claimed', '{"by":"x"}')];
        const outcomes = await Promise.allSettled([
          store.append(stream(round), 'no_stream', claim()),
          other.append(stream(round), 'no_stream', claim()),
        ]);
        const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
        expect(lost.map(({ reason }) => reason.kind)).toEqual(['conflict']);
        expect(await store.readStream(stream(round))).toHaveLength(1);
      }
    });
  });

  describe('refused is an append', () => {
    const twice = event();
    test.each<[string, ExpectedRevision, NewEvent[]]>([
      ['of no event', 'no_stream', []],
      ['with the same id twice', 'no_stream', [twice, event(), twice]],
      ['with an id that is no UUID', 'no_stream', [{ ...event(), id: 'first' }]],
      ['with a UUID in capitals', 'no_stream', [{ ...event(), id: randomUUID().toUpperCase() }]],
      ['without a type', 'no_stream', [event('')]],
      ['of text that has no UTF-8 form', 'no_stream', [event('Odd', '"\ud800"')]],
      ['that is too large', 'no_stream', [event('Large', `"${'x'.repeat(MAX_APPEND_BYTES)}"`)]],
      ['at a negative revision', -1, [event()]],
      ['at half a revision', 0.5, [event()]],
    ])('%s', async (_, expected, batch) => {
      const { store, stream } = bench();
      await expect(store.append(stream(1), expected, batch)).rejects.toMatchObject({ kind: 'refused' });
      expect(await store.readStream(stream(1))).toEqual([]);
    });

    test('to a stream without a name', async () => {
      await expect(bench().store.append('', 'no_stream', events(1))).rejects.toMatchObject({
        kind: 'refused',
      });
    });
  });
}
