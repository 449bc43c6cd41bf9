import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/**
 * Installs the peers beside this file unless they are there. They are no part of the workspace, because sqlite3 is
 * built from source, which takes a minute and a compiler.
 * @returns undefined, or why it could not be done
 */
export async function installPeers(log: (text: string) => void): Promise<string | undefined> {
  if (existsSync(`${FOLDER}node_modules/sqlite3/build/Release/node_sqlite3.node`)) return undefined;
  log('installing the peers (sqlite3 is built from source; about a minute) …');
  try {
    const args = ['install', '--no-audit', '--no-fund', '--no-package-lock'];
    await promisify(execFile)('npm', args, { cwd: FOLDER });
    return undefined;
  } catch (error) {
    return `npm could not install them: ${(error as Error).message.split('\n').slice(0, 3).join(' ')}`;
  }
}

/**
 * A module that is installed here and nowhere else, so that the type checker must not look for it.
 * @throws Error when it is not installed
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export async function peer(name: string): Promise<any> {
  return await import(name);
}
