import { cpSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { ViewUnavailable } from '../../src/index.ts';
import { createReader } from '../../src/read/reader.ts';
import { cleanUp, later, tempDir } from '../support/ledger.ts';

afterEach(cleanUp);

test('a file that cannot be opened when it comes into force is opened by a later query', () => {
  const dir = tempDir();
  const file = join(dir, 'requests.2.sqlite');
  const db = new Database(file);
  db.exec('CREATE TABLE numbers (n INTEGER); INSERT INTO numbers VALUES (7)');
  db.close();
  cpSync(file, join(dir, 'requests.1.sqlite'));
  const reader = createReader('requests');
  later(() => reader.close());
  const read = (): unknown => reader.get('SELECT n FROM numbers');
  expect(read).toThrow(ViewUnavailable);
  reader.switchTo(join(dir, 'requests.1.sqlite'));
  expect(read()).toEqual({ n: 7 });

  reader.switchTo(join(dir, 'cleared', 'requests.2.sqlite'));
  expect(read).toThrow(ViewUnavailable);
  renameSync(file, `${file}.away`);
  reader.switchTo(file);
  expect(reader.readable).toBe(true);
  expect(read).toThrow(ViewUnavailable);
  expect(() => reader.together(read)).toThrow(ViewUnavailable);
  renameSync(`${file}.away`, file);
  expect(reader.together(read)).toEqual({ n: 7 });
});
