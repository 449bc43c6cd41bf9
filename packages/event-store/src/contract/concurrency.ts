import { describe, expect, test } from '@jest/globals';
import { type EventStore, START } from '../port.ts';
import { follow } from './follower.ts';
import { type Bench, events, ids, readAll } from './ledger.ts';

export function concurrencyCases(bench: () => Bench): void {
  describe('at the same time', () => {
    test('16 writers of one stream: revisions are dense, nothing is lost or doubled', async () => {
      const { store, other, stream } = bench();
      const acknowledged: { id: string; revision: number }[] = [];
      const writer = async (client: EventStore): Promise<void> => {
        for (let done = 0; done < 5; ) {
          const revision = (await client.readStream(stream(1))).length - 1;
          const batch = events(2);
          try {
            const answer = await client.append(stream(1), revision < 0 ? 'no_stream' : revision, batch);
            for (const [index, { id }] of batch.entries())
              acknowledged.push({ id, revision: answer.revision - 1 + index });
            done++;
          } catch (error) {
            expect(error).toMatchObject({ kind: 'conflict' });
          }
        }
      };
      await Promise.all(Array.from({ length: 16 }, (_, n) => writer(n % 2 ? store : other)));

      const kept = await store.readStream(stream(1));
      expect(kept.map(({ revision }) => revision)).toEqual(Array.from({ length: 160 }, (_, n) => n));
      const byRevision = acknowledged.toSorted((a, b) => a.revision - b.revision);
      expect(ids(kept)).toEqual(ids(byRevision));
    });

    test('appends that miss do no harm to those beside them', async () => {
      const { store, stream } = bench();
      await store.append(stream('taken'), 'no_stream', events(1));
      const outcomes = await Promise.allSettled(
        Array.from({ length: 60 }, (_, n) =>
          n % 3 === 1
            ? store.append(stream('taken'), 'no_stream', events(2))
            : store.append(stream(n), n % 3 === 2 ? 'no_stream' : 7, events(2)),
        ),
      );
      const kinds = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'ok' : outcome.reason.kind));
      expect(kinds).toEqual(Array.from({ length: 60 }, (_, n) => (n % 3 === 2 ? 'ok' : 'conflict')));
      for (let n = 0; n < 60; n++)
        expect(await store.readStream(stream(n))).toHaveLength(n % 3 === 2 ? 2 : 0);
      expect(await store.readStream(stream('taken'))).toHaveLength(1);
    });

    test('the events of one append stand side by side in the log', async () => {
      const { store, other, stream, mine } = bench();
      const writer = async (client: EventStore, name: string): Promise<void> => {
        for (let n = 0; n < 15; n++) {
          const batch = events(1 + (n % 5));
          await client.append(stream(`${name}.${n}`), 'no_stream', batch);
        }
      };
      await Promise.all(Array.from({ length: 8 }, (_, n) => writer(n % 2 ? store : other, `w${n}`)));

      const log = await readAll(store, START, mine);
      expect(log).toHaveLength(8 * 45);
      const runs = log.filter((one, index) => one.stream !== log[index - 1]?.stream);
      expect(runs).toHaveLength(8 * 15);
    });

    test('a subscriber amid many writers sees every event exactly once, in the order of the log', async () => {
      const { store, other, stream, mine } = bench();
      const readers = [
        follow(store, { after: START, filter: mine, maxBatch: 7 }),
        follow(other, { after: START, filter: mine }),
      ];
      const writer = async (client: EventStore, name: string): Promise<string[]> => {
        const written: string[] = [];
        for (let n = 0; n < 40; n++) {
          const batch = events(1 + (n % 3));
          await client.append(stream(`${name}.${n}`), 'no_stream', batch);
          written.push(...ids(batch));
        }
        return written;
      };
      const writers = Array.from({ length: 12 }, (_, n) => writer(n % 2 ? store : other, `w${n}`));
      const written = (await Promise.all(writers)).flat();

      const log = ids(await readAll(store, START, mine));
      expect(log.toSorted()).toEqual(written.toSorted());
      for (const reader of readers) {
        await reader.until('every event', () => reader.events.length >= written.length);
        await reader.stop();
        expect(ids(reader.events)).toEqual(log);
      }
    });
  });
}
