import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { endWithUs } from './children.ts';
import { freePort } from './server.ts';
import { makeTempDir } from './temp.ts';

const run = promisify(execFile);
const DEBIAN = '/usr/lib/postgresql';

/** A PostgreSQL server of its own, with its defaults (fsync on), in a temporary folder. */
export interface Postgres {
  readonly url: string;
  readonly version: string;
  stop(): Promise<void>;
}

/** @returns the server, or why there is none */
export async function startPostgres(): Promise<Postgres | string> {
  const bin = findBinaries();
  if (!bin) return 'PostgreSQL is not installed';
  const who = await identity();
  if (typeof who === 'string') return who;
  const dir = makeTempDir('postgres');
  if (who.uid !== undefined) chownSync(dir.path, who.uid, who.gid ?? who.uid);
  const data = join(dir.path, 'data');
  const options = { cwd: dir.path, ...who };
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'bench', '-A', 'trust'], options);
  const port = await freePort();
  const args = ['-D', data, '-p', String(port), '-k', dir.path, '-c', 'listen_addresses=127.0.0.1'];
  const server = endWithUs(spawn(join(bin, 'postgres'), args, { ...options, stdio: 'ignore' }));
  await untilAccepting(bin, port, server);
  const url = `postgresql://bench@127.0.0.1:${port}/postgres`;
  await mustSync(bin, port);
  const { stdout } = await run(join(bin, 'postgres'), ['--version']);
  return {
    url,
    version: stdout.trim(),
    async stop() {
      server.kill('SIGINT');
      if (server.exitCode === null) await once(server, 'exit');
      dir.remove();
    },
  };
}

/** PostgreSQL refuses to run as root; Debian's package brings a user for it. */
async function identity(): Promise<{ uid?: number; gid?: number } | string> {
  if (process.getuid?.() !== 0) return {};
  try {
    const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
    return { uid: await id('-u'), gid: await id('-g') };
  } catch {
    return 'PostgreSQL does not run as root, and there is no user "postgres" to run it';
  }
}

function findBinaries(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = versions.map((version) => join(DEBIAN, version, 'bin'));
  folders.push(...(process.env.PATH ?? '').split(':'));
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

async function untilAccepting(bin: string, port: number, server: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(50)) {
    if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}`);
    try {
      await run(join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port), '-q']);
      return;
    } catch {
      // Not yet.
    }
  }
  throw new Error('postgres did not begin to accept connections within 30 s');
}

async function mustSync(bin: string, port: number): Promise<void> {
  const args = ['-h', '127.0.0.1', '-p', String(port), '-U', 'bench', 'postgres', '-Atc'];
  const { stdout } = await run(join(bin, 'psql'), [...args, 'show fsync; show synchronous_commit']);
  if (stdout.trim() !== 'on\non') throw new Error(`postgres would not sync: ${stdout}`);
}
