import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connectionOf } from '../../src/client/connect.ts';
import { devFilePath, readDevFile, writeDevFile } from '../../src/tokens/dev-file.ts';

const content = {
  url: 'http://127.0.0.1:9999',
  jwtSecret: 's',
  adminToken: 'a',
  tokens: { alice: 'token-of-alice' },
};

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'countersign-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('a development server beside us is found, and its people', () => {
  writeDevFile(dir, content);
  expect(connectionOf({}, { DATA_DIR: dir })).toMatchObject({ url: content.url, token: undefined });
  expect(connectionOf({ as: 'alice' }, { DATA_DIR: dir }).token).toBe('token-of-alice');
  expect(() => connectionOf({ as: 'constructor' }, { DATA_DIR: dir })).toThrow(
    'nobody is called constructor',
  );
});

test('what is said outright wins', () => {
  writeDevFile(dir, content);
  const env = { DATA_DIR: dir, COUNTERSIGN_URL: 'https://approvals.example.com', COUNTERSIGN_TOKEN: 'mine' };
  expect(connectionOf({}, env)).toMatchObject({ url: env.COUNTERSIGN_URL, token: 'mine' });
  expect(connectionOf({ url: 'http://h:1', token: 't' }, env)).toMatchObject({
    url: 'http://h:1',
    token: 't',
  });
  expect(() => connectionOf({ url: 'file:///etc' }, env)).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test('a file that leads elsewhere, or that others may write, is not used', () => {
  writeDevFile(dir, { ...content, url: 'https://evil.example.com' });
  expect(() => readDevFile(dir)).toThrow('is not what a development server writes');
  writeDevFile(dir, content);
  chmodSync(devFilePath(dir), 0o644);
  expect(() => connectionOf({}, { DATA_DIR: dir })).toThrow('mode 0600');
});

test('the file is new each time: what stood there before is not written through', () => {
  const elsewhere = join(dir, 'elsewhere');
  writeFileSync(elsewhere, 'mine');
  symlinkSync(elsewhere, devFilePath(dir));
  writeDevFile(dir, content);
  expect(readDevFile(dir)).toEqual(content);
  expect(readFileSync(elsewhere, 'utf8')).toBe('mine');
});
