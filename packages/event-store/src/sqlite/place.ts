import { type BigIntStats, statSync } from 'node:fs';
import type { Failure } from './errors.ts';

/** Why nothing more may be written to an open ledger; undefined while its name still leads to it. */
export type PlaceCheck = () => Failure | undefined;

/**
 * Remembers which file a name leads to. An open file that was moved, deleted or replaced goes on taking commits, which
 * nobody would find again.
 * @param file a ledger that has just been opened
 */
export function checkPlace(file: string): PlaceCheck {
  const own = look(file);
  return () => {
    const now = look(file);
    if (now && own && now.ino === own.ino && now.dev === own.dev) return undefined;
    const message = `${file} is no longer the file that was opened: it was moved, deleted or replaced; put it back, or start again`;
    return { kind: 'unavailable', message };
  };
}

function look(file: string): BigIntStats | undefined {
  return statSync(file, { bigint: true, throwIfNoEntry: false });
}
