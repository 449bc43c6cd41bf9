import { execFileSync } from 'node:child_process';
import { openSide } from '../side.ts';
import { runWrk } from './wrk.ts';

export interface LoadTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** POSTed. An answer of 400 or more fails the run: fast refusals must not pass for speed. */
  readonly body: string;
}

export interface LoadResult {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface LoadClient {
  readonly name: string;
  /** A closed loop: each connection sends its next request when the one before is answered. */
  run(target: LoadTarget, connections: number, seconds: number): Promise<LoadResult>;
}

const AUTOCANNON = new URL('./autocannon.ts', import.meta.url);

/** wrk where it is installed, since it leaves more of the machine to the server; else autocannon. In a process of its own. */
export function loadClient(): LoadClient {
  const version = wrkVersion();
  if (version !== undefined) return { name: `wrk ${version}, one thread`, run: runWrk };
  return {
    name: 'autocannon, one process',
    async run(target, connections, seconds) {
      const side = await openSide(AUTOCANNON);
      try {
        return await side.ask('run', { target, connections, seconds });
      } finally {
        await side.close();
      }
    },
  };
}

function wrkVersion(): string | undefined {
  try {
    // wrk ends with 1 when it only tells its version.
    execFileSync('wrk', ['-v'], { stdio: 'pipe' });
  } catch (error) {
    const { stdout } = error as { stdout?: Buffer };
    return /wrk (?:debian\/)?(\S+)/.exec(String(stdout ?? ''))?.[1];
  }
  return undefined;
}
