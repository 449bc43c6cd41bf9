import type { Position as LogPosition } from '@eventstore/db-client';
import { type Position, START, StoreError } from '../port.ts';

/** Both parts are unsigned 64-bit numbers; at this width text compares as the numbers do. */
const DIGITS = 20;
const FORM = /^(\d{20})\/(\d{20})$/;

/** `commit/prepare`, zero-padded: the server wants both parts back, and `<` on the text is the order of the log. */
export function positionOf({ commit, prepare }: LogPosition): Position {
  return `${String(commit).padStart(DIGITS, '0')}/${String(prepare).padStart(DIGITS, '0')}`;
}

/** @throws StoreError `refused` for a text that this store never gave out */
export function parsePosition(position: Position): LogPosition | 'start' {
  if (position === START) return 'start';
  const parts = FORM.exec(position);
  if (!parts) throw new StoreError('refused', `'${position}' is not a position of this store`);
  return { commit: BigInt(parts[1] as string), prepare: BigInt(parts[2] as string) };
}

/** @throws StoreError `refused` beyond 2^53 − 1, where a number would no longer be exact */
export function revisionOf(revision: bigint): number {
  if (revision > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new StoreError('refused', `revision ${revision} is beyond what a number can hold exactly`);
  }
  return Number(revision);
}
