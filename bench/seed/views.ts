import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningServer, startServer } from '../harness/server.ts';
import { type SeedSize, seededLedger } from './ledger.ts';
import { SEED_POLICY } from './policy.ts';

/** How long building all views may take: the first time, and again when a newer version wants them otherwise. */
const BUILD_TIMEOUT_MS = 20 * 60_000;

/** A seeded folder in which a server has run before: ledger, and views that are current. Kept for the next run. */
export async function seededFolder(size: SeedSize, log: (text: string) => void): Promise<string> {
  const folder = await seededLedger(size, log);
  const mark = join(folder, 'views-are-current');
  if (existsSync(mark)) return folder;
  log('building all views, once …');
  const server = await serveSeeded(folder);
  log(`all views built in ${(server.readyMs / 1000).toFixed(1)} s`);
  await server.stop();
  writeFileSync(mark, '');
  return folder;
}

export function serveSeeded(folder: string): Promise<RunningServer> {
  return startServer({ policy: SEED_POLICY, dataDir: folder, readyTimeoutMs: BUILD_TIMEOUT_MS });
}
