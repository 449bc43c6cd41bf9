import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const BIN = join(ROOT, 'packages/cli/bin/countersign.js');

export type Env = Readonly<Record<string, string>>;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A running `countersign`; nothing of the test's own environment reaches it but the path. */
export interface Running {
  readonly process: ChildProcess;
  readonly text: { out: string; err: string };
  readonly ended: Promise<Ended>;
}

export function start(args: readonly string[], env: Env = {}): Running {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.err += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...text }));
  return { process: child, text, ended };
}

/** Runs one command to its end. */
export function cli(args: readonly string[], env: Env = {}): Promise<Ended> {
  return start(args, env).ended;
}

export interface Server extends Running {
  readonly url: string;
  readonly dir: string;
  /** For commands beside it. */
  readonly env: Env;
  /** SIGTERM; the folder stays. */
  stop(): Promise<Ended>;
}

/** `countersign serve` on a free port, with everything it keeps in a folder of its own. */
export async function serve(dir: string, more: Env = {}): Promise<Server> {
  const own = { DATA_DIR: dir, STORE: `sqlite:${join(dir, 'ledger.db')}`, PORT: '0' };
  const running = start(['serve'], { ...own, ...more });
  await until(() => /listens on \S+/.test(running.text.err) || running.process.exitCode !== null);
  const [, url] = /listens on (\S+)/.exec(running.text.err) ?? [];
  if (url === undefined) throw new Error(`the server did not start: ${running.text.err}`);
  await until(async () => (await fetch(`${url}/readyz`)).ok || more.STORE?.startsWith('esdb') === true);
  return {
    ...running,
    url,
    dir,
    env: { DATA_DIR: dir, COUNTERSIGN_URL: url },
    stop() {
      running.process.kill('SIGTERM');
      return running.ended;
    },
  };
}

export function tempDir(): string {
  return mkdtempSync(join(tmpdir(), 'countersign-cli-'));
}

export function removeDir(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
}

/** A copy of the example policy that a test may change. */
export function copyPolicy(dir: string): string {
  cpSync(join(ROOT, 'infra/policy'), join(dir, 'policy'), { recursive: true });
  return join(dir, 'policy', 'policy.yaml');
}

/** Looks until it holds. */
export async function until(holds: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not so after ${ms} ms: ${holds}`);
    await sleep(20);
  }
}

/** One call of the API as one of a development server's people, where the command is not what is tested. */
export async function post<T>(server: Server, who: string, path: string, body: unknown = {}): Promise<T> {
  const { tokens } = JSON.parse(readFileSync(join(server.dir, 'dev-tokens.json'), 'utf8'));
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tokens[who]}`,
      'content-type': 'application/json',
      'x-puddlejumper-request': 'true',
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
