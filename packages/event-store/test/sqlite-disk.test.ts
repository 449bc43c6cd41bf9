import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { event, ids, readAll } from '../src/contract/index.ts';
import { type NewEvent, START } from '../src/index.ts';
import { prepareGroupCommit, toRequest } from '../src/sqlite/group.ts';
import { openLedger } from '../src/sqlite/ledger-file.ts';
import { type TemporaryFolder, temporaryFolder } from './support.ts';

const folder: TemporaryFolder = await temporaryFolder();
const disk = folder.file('small-disk');
const noDisk = mountSmallDisk();

afterAll(async () => {
  // Lazily: a case that failed may have left its ledger open, which `remove` closes.
  if (noDisk === undefined) execFileSync('umount', ['-l', disk]);
  await folder.remove();
});

/** @returns why there is none, if so */
function mountSmallDisk(): string | undefined {
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `no small disk can be mounted here: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
  }
}

const large = (): NewEvent => event('Large', JSON.stringify('x'.repeat(20_000)));

describe('a full disk', () => {
  const onSmallDisk = noDisk === undefined ? test : test.skip;
  onSmallDisk(
    `refuses appends clearly, leaves reads alone, and is over when space returns ${noDisk ?? ''}`,
    async () => {
      const store = await folder.open('small-disk/ledger.db');
      writeFileSync(`${disk}/filler`, Buffer.alloc(5_000_000));
      const kept: NewEvent[] = [];
      const refused = [large()];
      let reason: unknown;
      for (let n = 0; n < 400 && reason === undefined; n++) {
        const next = large();
        await store.append(`full-${n}`, 'no_stream', [next]).then(
          () => kept.push(next),
          (error: unknown) => {
            reason = error;
          },
        );
      }
      const full = { name: 'StoreError', kind: 'unavailable', message: expect.stringContaining('disk full') };
      expect(reason).toMatchObject(full);
      await expect(store.append('full-again', 'no_stream', refused)).rejects.toMatchObject(full);
      expect(kept.length).toBeGreaterThan(0);
      expect(ids(await readAll(store, START))).toEqual(ids(kept));
      expect(await store.health()).toEqual({
        status: 'unavailable',
        detail: expect.stringContaining('disk full'),
      });

      await rm(`${disk}/filler`);
      expect(await store.health()).toEqual({ status: 'ok' });
      await store.append('full-again', 'no_stream', refused);
      await store.close();

      const reopened = await folder.open('small-disk/ledger.db');
      expect(ids(await readAll(reopened, START))).toEqual(ids([...kept, ...refused]));
      await reopened.close();
    },
  );
});

describe('a file that may not grow', () => {
  let db: ReturnType<typeof openLedger>;
  beforeAll(() => {
    db = openLedger(folder.file('limited.db'), 0);
  });
  afterAll(() => {
    db.close();
  });

  test('fails the whole group with `disk full`, writes none of it, and takes it when it may grow again', () => {
    const commit = prepareGroupCommit(db, 0);
    const count = db.prepare<[], number>('SELECT count(*) FROM events').pluck();
    expect(commit([toRequest('grow-1', -1, [event()])])).toEqual([[0, 1]]);

    const pages = Number(db.pragma('page_count', { simple: true }));
    db.pragma(`max_page_count = ${pages + 3}`);
    const group = [1, 2, 3].map((n) => toRequest(`grow-1${n}`, -1, [large()]));
    const full = { kind: 'unavailable', message: expect.stringContaining('disk full') };
    expect(commit(group)).toEqual([full, full, full]);
    expect(commit([])).toEqual([]);
    expect(count.get()).toBe(1);
    expect(commit([toRequest('grow-1', 0, [event()])])).toEqual([[1, 2]]);

    db.pragma('max_page_count = 1073741823');
    expect(commit(group)).toEqual([
      [0, 3],
      [0, 4],
      [0, 5],
    ]);
  });
});
