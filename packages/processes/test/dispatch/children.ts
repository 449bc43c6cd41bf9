import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach } from '@jest/globals';
import type { ChildLine, ChildOrders } from './child.ts';

const FILE = fileURLToPath(new URL('./child.ts', import.meta.url));

export interface Child {
  /** By which dispatches were refused so far, or `ok`. */
  readonly outcomes: readonly string[];
  /** Requests it stands still with. */
  readonly stands: readonly string[];
  /** Resolves when it is ready; rejects when it ends before. */
  readonly ready: Promise<void>;
  /** Has it begin what it was ordered. */
  go(): void;
  kill(): void;
  /** By which signal it ended, or with which code. */
  readonly ended: Promise<NodeJS.Signals | number | null>;
}

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** An instance of the program in a process of its own. */
export function startChild(orders: ChildOrders): Child {
  const child = spawn(process.execPath, ['--no-warnings', FILE, JSON.stringify(orders)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  running.add(child);
  const outcomes: string[] = [];
  const stands: string[] = [];
  const ended = once(child, 'close').then(([code, signal]) => {
    running.delete(child);
    return signal ?? code;
  });
  const ready = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as ChildLine;
      if ('ready' in line) resolve();
      else if ('stands' in line) stands.push(line.stands);
      else outcomes.push(line.outcome);
    });
    void ended.then((how) => reject(new Error(`the child ended by ${how}`)));
  });
  // Whoever does not wait for it does not want to know.
  ready.catch(() => {});
  return {
    outcomes,
    stands,
    ready,
    go: () => void child.stdin.write('go\n'),
    kill: () => void child.kill('SIGKILL'),
    ended,
  };
}
