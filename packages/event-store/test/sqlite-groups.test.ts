import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { event, events, ids } from '../src/contract/index.ts';
import { openSqliteStore, StoreError } from '../src/index.ts';
import { openWriting } from '../src/sqlite/connection.ts';
import { prepareGroupCommit, toRequest } from '../src/sqlite/group.ts';
import { openLedger } from '../src/sqlite/ledger-file.ts';
import { startWriter } from '../src/sqlite/writer.ts';
import { type TemporaryFolder, temporaryFolder } from './support.ts';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

describe('groups', () => {
  test('appends made together share a transaction', async () => {
    const store = await folder.open('together.db');
    await Promise.all(
      Array.from({ length: 500 }, (_, n) => store.append(`group-${n}`, 'no_stream', events(1))),
    );
    expect(store.stats()).toEqual({ appends: 500, transactions: 1 });
  });

  test('appends that come while the writer is at work share the next transaction', async () => {
    const store = await folder.open('meanwhile.db');
    const holder = openWriting(folder.file('meanwhile.db'), 0);
    holder.exec('BEGIN IMMEDIATE');
    const appends: Promise<unknown>[] = [];
    for (let n = 0; n < 100; n++) {
      appends.push(store.append(`group-${n}`, 'no_stream', events(1)));
      await new Promise(setImmediate);
    }
    holder.exec('ROLLBACK');
    holder.close();
    await Promise.all(appends);
    // What waited for the lock, and all that came meanwhile.
    expect(store.stats().appends).toBe(100);
    expect(store.stats().transactions).toBeLessThanOrEqual(2);
  });

  test('each append of a group has its own outcome', () => {
    const db = openLedger(folder.file('outcomes.db'), 0);
    const commit = prepareGroupCommit(db, 0);
    const [first, second] = [events(2), events(1)];
    const conflict = { kind: 'conflict', message: expect.any(String) };
    const outcomes = commit([
      toRequest('mixed-1', -1, first),
      toRequest('mixed-1', -1, [event()]),
      toRequest('mixed-1', 1, second),
      toRequest('mixed-1', -1, first),
      toRequest('mixed-2', 4, [event()]),
      toRequest('mixed-2', -1, [event()]),
      toRequest('mixed-1', 1, second),
    ]);
    expect(outcomes).toEqual([[1, 2], conflict, [2, 3], [1, 2], conflict, [0, 4], [2, 3]]);
    db.close();
  });

  test('a conflict names the stream, what was expected and what is', async () => {
    const store = await openSqliteStore(':memory:');
    await store.append('named-1', 'no_stream', events(3));
    await expect(store.append('named-1', 'no_stream', events(1))).rejects.toThrow(
      'stream named-1 should not exist; it is at revision 2',
    );
    await expect(store.append('named-1', 7, events(1))).rejects.toThrow(
      'should be at revision 7; it is at revision 2',
    );
    await expect(store.append('named-2', 0, events(1))).rejects.toThrow('it does not exist');
    await store.close();
  });
});

describe('the main thread', () => {
  test('keeps running while the writer waits', async () => {
    const file = folder.file('waiting.db');
    const store = await folder.open('waiting.db');
    const holder = openWriting(file, 0);
    holder.exec('BEGIN IMMEDIATE');
    let answered = false;
    const append = store.append('wait-1', 'no_stream', events(1)).then(() => {
      answered = true;
    });
    // The writer is stuck behind the lock all this time.
    for (let turn = 0; turn < 1000; turn++) await new Promise(setImmediate);
    expect(answered).toBe(false);
    expect(await store.readStream('wait-1')).toEqual([]);
    holder.exec('ROLLBACK');
    await append;
    expect(await store.readStream('wait-1')).toHaveLength(1);
    holder.close();
    await store.close();
  });

  test('turns appends away when too many wait, by number and by size', async () => {
    const store = await folder.open('bounded.db', { maxWaiting: 10, maxWaitingBytes: 1_000_000 });
    const tooMany = { kind: 'unavailable', message: expect.stringContaining('wait') };
    const append = (n: number, data = '{}') => store.append(`many-${n}`, 'no_stream', [event('Many', data)]);

    const some = Array.from({ length: 11 }, (_, n) => append(n));
    await expect(some.pop()).rejects.toMatchObject(tooMany);
    await Promise.all(some);
    const large = [
      append(20, JSON.stringify('x'.repeat(200_000))),
      append(21, JSON.stringify('x'.repeat(200_000))),
    ];
    await expect(large[1]).rejects.toMatchObject(tooMany);
    await large[0];
    expect(await append(22)).toMatchObject({ revision: 0 });
    await store.close();
  });
});

describe('a writing thread that dies', () => {
  test('leaves what it had not answered with an unknown outcome; the next append starts another', async () => {
    const file = folder.file('dying.db');
    const writer = await startWriter({ file, busyMs: 5000 });
    const holder = openWriting(file, 0);
    holder.exec('BEGIN IMMEDIATE');
    const batch = events(2);
    const lost = writer.commit([toRequest('dying-1', -1, batch)]);
    const ended = writer.worker?.terminate();
    await expect(lost).rejects.toMatchObject({ name: 'StoreError', kind: 'unknown_outcome' });
    await ended;
    expect(writer.worker).toBeUndefined();
    holder.exec('ROLLBACK');
    holder.close();

    expect(await writer.commit([toRequest('dying-1', -1, batch)])).toEqual([[1, 2]]);
    await writer.close();
    const store = await folder.open('dying.db');
    expect(ids(await store.readStream('dying-1'))).toEqual(ids(batch));
    await store.close();
  });

  test('is not started again and again', async () => {
    const writer = await startWriter({ file: folder.file('hopeless.db'), busyMs: 5000 });
    for (let death = 0; death < 5; death++) {
      const lost = writer.commit([]);
      const ended = writer.worker?.terminate();
      await lost.catch((error: unknown) => expect(error).toBeInstanceOf(StoreError));
      await ended;
    }
    await expect(writer.commit([])).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('died 5 times'),
    });
    await writer.close();
  });
});
