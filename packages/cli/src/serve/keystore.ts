import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { openSqliteRequestKeys, type RequestKeys } from '@countersign/application';
import { parseSqliteUrl } from '@countersign/event-store';
import { CliError } from '../cli-error.ts';

/** @param url `sqlite:<file>` or `sqlite::memory:` */
export function openKeystore(url: string): RequestKeys {
  const file = parseSqliteUrl(url) ?? '';
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    return openSqliteRequestKeys(file);
  } catch (error) {
    throw new CliError(`the key store ${url} cannot be opened: ${(error as Error).message}`, undefined, {
      cause: error,
    });
  }
}
