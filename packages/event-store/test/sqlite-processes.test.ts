import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { event, events, ids, readAll } from '../src/contract/index.ts';
import { START } from '../src/index.ts';
import { openWriting } from '../src/sqlite/connection.ts';
import { run, type TemporaryFolder, temporaryFolder } from './support.ts';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

describe('several processes on one file', () => {
  test('two append, a third follows: it sees every event once, in the order of the log', async () => {
    const file = folder.file('shared.db');
    const [clients, appends] = [8, 40];
    const perWriter = clients * 100; // 40 appends of 1, 2, 3, 4, 1, … events
    const follower = run('support-follow-child.ts', file, 2 * perWriter);
    const writers = ['a', 'b'].map((name) => run('support-append-child.ts', file, name, clients, appends));
    expect(await Promise.all([...writers, follower].map((child) => child.ended))).toEqual([0, 0, 0]);

    const store = await folder.open('shared.db');
    const log = ids(await readAll(store, START, undefined, 1000));
    await store.close();
    const acknowledged = writers.flatMap((writer) => writer.lines);
    expect(acknowledged).toHaveLength(2 * perWriter);
    expect(log.toSorted()).toEqual(acknowledged.toSorted());
    expect(follower.lines.filter((line) => line !== 'ready')).toEqual(log);
  });

  test('one that holds the lock too long makes appends unavailable, not reads; the same append succeeds later', async () => {
    const file = folder.file('locked.db');
    const store = await folder.open('locked.db', { busyMs: 50 });
    await store.append('lock-1', 'no_stream', events(1));
    const holder = openWriting(file, 0);
    holder.exec('BEGIN IMMEDIATE');
    const batch = [event()];
    await expect(store.append('lock-2', 'no_stream', batch)).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('lock'),
    });
    expect(await store.readStream('lock-1')).toHaveLength(1);
    expect(await store.health()).toMatchObject({
      status: 'unavailable',
      detail: expect.stringContaining('lock'),
    });

    holder.exec('ROLLBACK');
    expect(await store.health()).toEqual({ status: 'ok' });
    expect(await store.append('lock-2', 'no_stream', batch)).toMatchObject({ revision: 0 });
    holder.close();
    await store.close();
  });

  test('a new file opened by many at once becomes one ledger', async () => {
    const stores = await Promise.all(Array.from({ length: 6 }, () => folder.open('new.db')));
    const outcomes = await Promise.allSettled(
      stores.map((store) => store.append('new-1', 'no_stream', events(1))),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await Promise.all(stores.map((store) => store.close()));
  });
});
