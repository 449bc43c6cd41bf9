import { createHash } from 'node:crypto';
import { cpSync, linkSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { event, events, follow, readAll } from '../src/contract/index.ts';
import { openSqliteStore, parseSqliteUrl, START, StoreError } from '../src/index.ts';
import { openWriting, requireNode } from '../src/sqlite/connection.ts';
import { failureOf } from '../src/sqlite/errors.ts';
import { openLedger } from '../src/sqlite/ledger-file.ts';
import { formatPosition, parsePosition } from '../src/sqlite/position.ts';
import { type TemporaryFolder, temporaryFolder } from './support.ts';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const digest = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

describe('the file', () => {
  test('keeps the log over closing and opening, and folders are made', async () => {
    const first = await folder.open('deep/down/ledger.db');
    const answer = await first.append('kept-1', 'no_stream', events(3));
    await first.close();
    const second = await folder.open('deep/down/ledger.db');
    expect(await second.readStream('kept-1')).toHaveLength(3);
    expect(await second.head()).toBe(answer.position);
    await second.close();
  });

  test('holds everything by itself once closed', async () => {
    const store = await folder.open('ledger.db');
    await store.append('kept-1', 'no_stream', events(3));
    await store.close();
    expect(readdirSync(folder.path)).toEqual(['ledger.db']);
  });

  test.each([
    ['moved away', (file: string) => renameSync(file, `${file}.away`)],
    ['replaced', (file: string) => cpSync(file, `${file}.new`) ?? renameSync(`${file}.new`, file)],
  ])('that is %s while open takes no more events, until it is back', async (_, meddle) => {
    const file = folder.file('ledger.db');
    const store = await folder.open('ledger.db');
    await store.append('kept-1', 'no_stream', events(1));
    linkSync(file, `${file}.own`);
    meddle(file);
    const refused = { kind: 'unavailable', message: expect.stringContaining('is no longer the file') };
    await expect(store.append('lost-1', 'no_stream', events(1))).rejects.toMatchObject(refused);
    expect(await store.health()).toMatchObject({ status: 'unavailable', detail: refused.message });
    renameSync(`${file}.own`, file);
    await store.append('lost-1', 'no_stream', events(1));
    expect(await store.health()).toEqual({ status: 'ok' });
  });

  test('opened for reading takes no appends, and shows those of others', async () => {
    const reading = await folder.open('new.db', { readOnly: true });
    expect(await reading.head()).toBe(START);
    const writing = await folder.open('new.db');
    const { position } = await writing.append('kept-1', 'no_stream', events(2));
    expect(await reading.head()).toBe(position);
    await expect(reading.append('kept-2', 'no_stream', events(1))).rejects.toMatchObject({ kind: 'refused' });
    writeFileSync(folder.file('foreign.db'), 'Minutes of the meeting. '.repeat(500));
    await expect(folder.open('foreign.db', { readOnly: true })).rejects.toMatchObject({ kind: 'refused' });
  });

  test('of another program is refused and left as it is', async () => {
    const file = folder.file('foreign.db');
    const foreign = openWriting(file, 0);
    foreign.exec('CREATE TABLE events (anything)');
    foreign.close();
    const before = digest(file);
    await expect(folder.open('foreign.db')).rejects.toMatchObject({
      name: 'StoreError',
      kind: 'refused',
      message: expect.stringContaining('another program'),
    });
    expect(digest(file)).toBe(before);
  });

  test('that is no SQLite file is refused and left as it is', async () => {
    const file = folder.file('notes.txt');
    writeFileSync(file, 'Minutes of the meeting. '.repeat(500));
    const before = digest(file);
    await expect(folder.open('notes.txt')).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('not an SQLite file'),
    });
    expect(digest(file)).toBe(before);
  });

  test('of a newer version is refused and left as it is', async () => {
    const file = folder.file('newer.db');
    const db = openLedger(file, 0);
    db.pragma('user_version = 2');
    db.close();
    const before = digest(file);
    await expect(folder.open('newer.db')).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/version 2 .* knows version 1/),
    });
    expect(digest(file)).toBe(before);
  });

  test('that cannot be opened is unavailable', async () => {
    await expect(openSqliteStore(folder.path)).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(openSqliteStore('')).rejects.toMatchObject({ kind: 'refused' });
    await expect(openSqliteStore(' ledger.db')).rejects.toMatchObject({ kind: 'refused' });
  });

  test('is durable at commit, and what is recorded cannot be changed', () => {
    const db = openLedger(folder.file('durable.db'), 0);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    db.exec("INSERT INTO events VALUES (1, 's', 0, 'i', 't', '{}', '{}', 0)");
    expect(() => db.exec("UPDATE events SET data = '[]'")).toThrow('events never change');
    expect(() => db.exec('DELETE FROM events')).toThrow('events never vanish');
    db.close();
  });

  test('answers the revision of a stream and a page of the log from an index', () => {
    const db = openLedger(folder.file('plan.db'), 0);
    const plan = (sql: string): string =>
      db
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail)
        .join('; ');
    expect(plan("SELECT max(revision) FROM events WHERE stream = 'x'")).toMatch(
      /SEARCH events USING COVERING INDEX/,
    );
    expect(plan("SELECT * FROM events WHERE stream = 'x' AND revision >= 0 ORDER BY revision")).toMatch(
      /^SEARCH events USING INDEX \S+ \(stream=\? AND revision>\?\)$/,
    );
    const page = "position > 1 AND position <= 9 AND (+stream = 'a' OR (+stream > 'a-' AND +stream < 'a.'))";
    expect(plan(`SELECT * FROM events WHERE ${page} ORDER BY position LIMIT 5`)).toBe(
      'SEARCH events USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)',
    );
    expect(plan('SELECT max(position) FROM events')).toBe('SEARCH events');
    db.close();
  });

  test('has a write-ahead log that does not grow for ever, also while somebody follows', async () => {
    const file = folder.file('bounded.db');
    const store = await folder.open('bounded.db');
    const reader = follow(store, { after: START, maxBatch: 10 });
    const body = JSON.stringify('x'.repeat(50_000));
    for (let round = 0; round < 30; round++) {
      await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          store.append(`wal-${round}.${n}`, 'no_stream', [event('Large', body)]),
        ),
      );
    }
    await reader.until('everything', () => reader.events.length >= 600);
    await reader.stop();
    // 30 MB were written; a checkpoint is due every 4 MB.
    expect(statSync(file).size).toBeGreaterThan(20_000_000);
    expect(statSync(`${file}-wal`).size).toBeLessThan(12_000_000);
    await store.close();
  });

  test('a page of large events ends early instead of filling the memory', async () => {
    const store = await openSqliteStore(':memory:');
    const body = JSON.stringify('x'.repeat(300_000));
    for (let n = 0; n < 100; n++) await store.append(`large-${n}`, 'no_stream', [event('Large', body)]);
    const page = await store.readLog(START, 1000);
    expect(page.events).toHaveLength(64);
    expect(page.end).toBe(false);
    expect(await readAll(store, START, undefined, 1000)).toHaveLength(100);
    await store.close();
  });
});

describe('small parts', () => {
  test('a Node that the binding would crash is refused before it is loaded', () => {
    expect(() => requireNode('22.23.3')).toThrow('needs Node 24 or newer; this is 22.23.3');
    expect(() => requireNode('20.20.2')).toThrow(StoreError);
    expect(() => requireNode('24.0.0')).not.toThrow();
    expect(() => requireNode('26.10.0')).not.toThrow();
  });

  test('positions compare as the rows they stand for', () => {
    expect(formatPosition(0)).toBe(START);
    for (const row of [1, 9, 10, 99, 100, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
      expect(parsePosition(formatPosition(row))).toBe(row);
      expect(formatPosition(row - 1) < formatPosition(row)).toBe(true);
    }
    for (const wrong of ['1', 'x', '00000000000000001', '-000000000000001', '9999999999999999']) {
      expect(() => parsePosition(wrong)).toThrow(StoreError);
    }
  });

  test.each([
    ['sqlite:data/ledger.db', 'data/ledger.db'],
    ['sqlite:/srv/ledger.db', '/srv/ledger.db'],
    ['sqlite:///srv/ledger.db', '/srv/ledger.db'],
    ['sqlite::memory:', ':memory:'],
    ['esdb://localhost:2113', undefined],
  ])('%s names the file %s', (url, file) => {
    expect(parseSqliteUrl(url)).toBe(file);
  });

  test.each(['sqlite:', 'sqlite://ledger.db'])('%s is refused', (url) => {
    expect(() => parseSqliteUrl(url)).toThrow('write sqlite:<file>');
  });

  test.each([
    ['SQLITE_FULL', 'commit', 'unavailable'],
    ['SQLITE_BUSY', 'before commit', 'unavailable'],
    ['SQLITE_IOERR_WRITE', 'commit', 'unavailable'],
    ['SQLITE_IOERR_FSYNC', 'commit', 'unknown_outcome'],
    ['SQLITE_IOERR_READ', 'before commit', 'unavailable'],
    ['SQLITE_CORRUPT', 'before commit', 'unavailable'],
    ['SQLITE_NOTADB', 'before commit', 'refused'],
  ] as const)('%s at %s is %s', (code, phase, kind) => {
    expect(failureOf(Object.assign(new Error('it failed'), { code }), phase)).toMatchObject({ kind });
  });
});
