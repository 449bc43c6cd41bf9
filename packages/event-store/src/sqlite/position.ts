import { type Position, START, StoreError } from '../port.ts';

/** Wide enough for every whole number that JavaScript holds exactly; leading zeros make `<` of texts that of numbers. */
const WIDTH = 16;
const POSITION = /^\d{16}$/;

/** @param row position column, from 1; 0 is before the first event */
export function formatPosition(row: number): Position {
  return row === 0 ? START : String(row).padStart(WIDTH, '0');
}

/** @throws StoreError `refused` for a text that this store never gave */
export function parsePosition(position: Position): number {
  if (position === START) return 0;
  if (!POSITION.test(position) || !Number.isSafeInteger(Number(position))) {
    throw new StoreError('refused', `position ${JSON.stringify(position)} is not one of an SQLite ledger`);
  }
  return Number(position);
}
