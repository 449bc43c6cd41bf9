import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openSqliteStore, type SqliteOptions, type SqliteStore } from '../src/index.ts';

export interface TemporaryFolder {
  readonly path: string;
  file(name: string): string;
  /** Opens a ledger in the folder; it is closed at the latest when the folder is removed. */
  open(name: string, options?: SqliteOptions): Promise<SqliteStore>;
  remove(): Promise<void>;
}

export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'countersign-store-'));
  const opened: SqliteStore[] = [];
  return {
    path,
    file: (name) => join(path, name),
    async open(name, options) {
      const store = await openSqliteStore(join(path, name), options);
      opened.push(store);
      return store;
    },
    async remove() {
      await Promise.all(opened.map((store) => store.close()));
      await rm(path, { recursive: true, force: true });
    },
  };
}

export interface Child {
  readonly process: ChildProcess;
  /** Lines printed so far. */
  readonly lines: string[];
  /** Resolves when so many lines have come; rejects when the process ends before. */
  hasPrinted(count: number): Promise<void>;
  /** Resolves when all output was read and the process has ended: with its exit code or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
}

/** Runs a script of this folder in a process of its own. */
export function run(script: string, ...args: (string | number)[]): Child {
  const path = new URL(script, import.meta.url).pathname;
  const child = spawn(process.execPath, [path, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  let wake = Promise.withResolvers<void>();
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    lines.push(line);
    wake.resolve();
    wake = Promise.withResolvers();
  });
  let over = false;
  const ended = Promise.all([once(child, 'exit'), once(reader, 'close')]).then(([[code, signal]]) => {
    over = true;
    wake.resolve();
    return (code ?? signal) as number | string | null;
  });
  return {
    process: child,
    lines,
    ended,
    async hasPrinted(count) {
      while (lines.length < count) {
        if (over) throw new Error(`${script} ended after ${lines.length} of ${count} lines`);
        await wake.promise;
      }
    },
  };
}
