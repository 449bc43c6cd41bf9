import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseSqliteUrl } from '@countersign/event-store';
import type { Remains, Simulator } from '@countersign/slack-simulator';
import type { Logger } from 'pino';

/** Requests outlive a restart of a development server: so do their messages, or nobody could decide about them. */

/** What is lost at most by a server that is killed. */
const EVERY_MS = 1000;

/** @returns the file, beside the ledger and gone with it; null beside a ledger that ends with the process */
export function remainsFile(storeUrl: string): string | null {
  const ledger = parseSqliteUrl(storeUrl);
  return ledger === undefined || ledger === ':memory:' ? null : `${ledger}.slack`;
}

/**
 * @param toRemains makes sure that what was read can be used
 * @returns undefined where there is none; one that can't be used is told of
 */
export function readRemains(
  file: string,
  toRemains: (read: unknown) => Remains,
  logger: Logger,
): Remains | undefined {
  try {
    return toRemains(JSON.parse(readFileSync(file, 'utf8')));
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== 'ENOENT') {
      logger.warn(
        { err, file },
        'the simulated Slack begins anew: what remains of the last one is of no use',
      );
    }
    return undefined;
  }
}

/** Writes the file a moment after every change. @returns how to end it, after which nothing has been missed */
export function keepRemains(simulator: Simulator, file: string, logger: Logger): () => void {
  let timer: NodeJS.Timeout | undefined;
  const write = (): void => {
    timer = undefined;
    try {
      writeWhole(file, JSON.stringify(simulator.remains()));
    } catch (err) {
      logger.warn({ err, file }, 'the simulated Slack could not be kept');
    }
  };
  const unsubscribe = simulator.onChange(() => {
    timer ??= setTimeout(write, EVERY_MS);
  });
  return () => {
    unsubscribe();
    if (timer === undefined) return;
    clearTimeout(timer);
    write();
  };
}

/** For its owner only: parameters stand in it. */
function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, file);
}
