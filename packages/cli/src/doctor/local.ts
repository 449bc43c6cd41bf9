import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { formatPolicyError, loadPolicy } from '@countersign/domain';
import { openStore, parseSqliteUrl } from '@countersign/event-store';
import { readPolicyBundle } from '../policy/bundle.ts';
import { type Finding, look } from './finding.ts';

export function checkPolicyFile(file: string): Promise<Finding> {
  return look('policy', async () => {
    const { policy, errors } = loadPolicy(await readPolicyBundle(file));
    if (errors) return { state: 'failed', detail: errors.map(formatPolicyError).join('; ') };
    return { state: 'ok', detail: `${file}: ${policy.rules.length} actions, ${policy.hash}` };
  });
}

export function checkWritable(dataDir: string): Finding {
  const what = 'DATA_DIR';
  let folder = resolve(dataDir);
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return { what, state: 'ok', detail: folder === resolve(dataDir) ? dataDir : `${dataDir} will be made` };
  } catch {
    return { what, state: 'failed', detail: `${folder} may not be written to by this user` };
  }
}

/** A ledger that is not there yet is not made. */
export function checkStore(url: string): Promise<Finding> {
  return look('ledger', async () => {
    const file = parseSqliteUrl(url);
    if (file === ':memory:') return { state: 'warning', detail: 'in memory: gone when the server stops' };
    if (file !== undefined && !existsSync(file)) return checkFolder(dirname(resolve(file)), file);
    const store = await openStore(url);
    try {
      const { status, detail = '' } = await store.health();
      if (status !== 'ok') return { state: 'failed', detail };
      const head = await store.head();
      return { state: 'ok', detail: head === '' ? 'empty' : `reaches position ${head}` };
    } finally {
      await store.close();
    }
  });
}

function checkFolder(folder: string, file: string): Omit<Finding, 'what'> {
  const { state, detail } = checkWritable(folder);
  return { state, detail: state === 'ok' ? `${file} will be made` : detail };
}
