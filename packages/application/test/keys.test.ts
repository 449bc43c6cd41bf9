import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createSecrets,
  decryptText,
  derivedId,
  encryptText,
  generateSecret,
  isRequestId,
  newId,
  openSqliteRequestKeys,
  readWaitToken,
  waitTokenFor,
} from '@countersign/application';
import { afterEach, describe, expect, test } from '@jest/globals';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('ids', () => {
  test('new ones are ordered by time, derived ones always the same; both are UUIDs', () => {
    expect(newId(1000) < newId(2000)).toBe(true);
    expect(derivedId('a')).toBe(derivedId('a'));
    expect(derivedId('a')).not.toBe(derivedId('b'));
    for (const id of [newId(), derivedId('a')]) expect(isRequestId(id)).toBe(true);
    expect(isRequestId('../policy')).toBe(false);
  });
});

describe('wait tokens', () => {
  const secrets = createSecrets(generateSecret());
  const id = newId();

  test('are good for their request alone, and cannot be made up', () => {
    const token = waitTokenFor(secrets, id);
    expect(readWaitToken(secrets, token)).toBe(id);
    expect(readWaitToken(secrets, token.replace(id, newId()))).toBeNull();
    for (const wrong of ['', '.', id, `${id}.`, `${token}x`, `${id}.${'A'.repeat(43)}`]) {
      expect(readWaitToken(secrets, wrong)).toBeNull();
    }
  });

  test('stay good while the secret is being replaced, and no longer', () => {
    const [old, fresh] = [generateSecret(), generateSecret()];
    const token = waitTokenFor(createSecrets(old), id);
    expect(readWaitToken(createSecrets(`${fresh},${old}`), token)).toBe(id);
    expect(readWaitToken(createSecrets(fresh), token)).toBeNull();
  });

  test('short secrets are refused without being shown', () => {
    expect(() => createSecrets(`${generateSecret()},hunter2`)).toThrow(/entry 2/);
    expect(() => createSecrets('hunter2')).not.toThrow(/hunter2/);
  });
});

describe('request keys', () => {
  test('are made once, kept, and gone for good when destroyed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keys-'));
    folders.push(folder);
    const file = join(folder, 'ledger.keys');
    const keys = openSqliteRequestKeys(file);
    const other = openSqliteRequestKeys(file);
    const [mine, theirs] = await Promise.all([keys.getOrCreate('r'), other.getOrCreate('r')]);
    expect(mine).toEqual(theirs);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await other.destroy('r');
    expect(await keys.get('r')).toBeNull();
    await expect(keys.getOrCreate('r')).rejects.toThrow(/destroyed/);
    await keys.close();
    await other.close();
    expect(readFileSync(file).includes(mine)).toBe(false);
  });

  test('open only what they sealed', () => {
    const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const sealed = encryptText(key, 'jo@example.com');
    expect(encryptText(key, 'jo@example.com')).not.toBe(sealed);
    expect(decryptText(key, sealed)).toBe('jo@example.com');
    expect(() => decryptText(other, sealed)).toThrow();
    const changed = Buffer.from(sealed, 'base64');
    changed[30] = (changed[30] ?? 0) ^ 1;
    expect(() => decryptText(key, changed.toString('base64'))).toThrow();
  });
});
