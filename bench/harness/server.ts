import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { endWithUs } from './children.ts';
import { makeTempDir } from './temp.ts';
import { type Claims, createMint } from './tokens.ts';

const BIN = fileURLToPath(new URL('../../packages/cli/bin/countersign.js', import.meta.url));
const POLL_MS = 2;

export interface ServerOptions {
  /** Text of the policy file. */
  readonly policy: string;
  /** Holds ledger and views; default a new one, removed when the server stops. */
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
  /** Another server than `countersign serve`, with the same settings and a `/readyz`: a yardstick. */
  readonly script?: URL;
  /** Until `/readyz` says so; default 60 s. */
  readonly readyTimeoutMs?: number;
}

/** A real `countersign serve` in a process of its own. */
export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  readonly dataDir: string;
  /** From the spawn to the first 200 of `/readyz`. */
  readonly readyMs: number;
  mint(claims: Claims): Promise<string>;
  /** Sends SIGTERM; resolves once it is gone. @throws Error when it ended badly */
  stop(): Promise<void>;
}

/** @throws Error with the end of the server's log when it does not become ready */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const temp = options.dataDir === undefined ? makeTempDir('server') : undefined;
  const dataDir = options.dataDir ?? (temp?.path as string);
  mkdirSync(dataDir, { recursive: true });
  const policyPath = join(dataDir, 'policy.yaml');
  writeFileSync(policyPath, options.policy);
  const secret = randomBytes(32).toString('base64url');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const logPath = join(dataDir, 'server.log');
  const log = openSync(logPath, 'w');
  const program = options.script ? [fileURLToPath(options.script)] : [BIN, 'serve'];
  const began = performance.now();
  const child = endWithUs(
    spawn(process.execPath, [...(options.nodeArgs ?? []), ...program], {
      cwd: dataDir,
      stdio: ['ignore', log, log],
      env: {
        PATH: process.env.PATH ?? '',
        PORT: String(port),
        STORE: `sqlite:${join(dataDir, 'ledger.db')}`,
        DATA_DIR: dataDir,
        POLICY_PATH: policyPath,
        JWT_SECRET: secret,
        SLACK: 'off',
        RATE_LIMIT_CAPACITY: '1000000000',
        RATE_LIMIT_REFILL_PER_SEC: '1000000000',
        ...options.env,
      },
    }),
  );
  closeSync(log);
  const fail = (why: string) => new Error(`${program.join(' ')} ${why}; end of its log:\n${tail(logPath)}`);
  try {
    await untilReady(url, child, options.readyTimeoutMs ?? 60_000);
  } catch (error) {
    child.kill('SIGKILL');
    const failure = fail((error as Error).message);
    temp?.remove();
    throw failure;
  }
  return {
    url,
    pid: child.pid as number,
    dataDir,
    readyMs: performance.now() - began,
    mint: createMint(secret),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      const failure =
        child.exitCode === 0 ? undefined : fail(`ended with ${child.exitCode ?? child.signalCode}`);
      temp?.remove();
      if (failure) throw failure;
    },
  };
}

async function untilReady(url: string, child: ChildProcess, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`ended with ${child.exitCode ?? child.signalCode} before it was ready`);
    }
    const ready = await fetch(`${url}/readyz`).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status === 200;
      },
      () => false,
    );
    if (ready) return;
    await sleep(POLL_MS);
  }
  throw new Error(`was not ready after ${timeoutMs} ms`);
}

function tail(logPath: string): string {
  return readFileSync(logPath, 'utf8').slice(-2000);
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
