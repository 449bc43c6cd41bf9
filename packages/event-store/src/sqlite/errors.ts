import { StoreError, type StoreErrorKind } from '../port.ts';

/** A StoreError as it travels between threads. */
export interface Failure {
  readonly kind: StoreErrorKind;
  readonly message: string;
}

/** Where an error came up: before anything could be durable, or in the commit itself. */
export type Phase = 'before commit' | 'commit';

/** What an error of SQLite means to the caller of the store. */
export function failureOf(error: unknown, phase: Phase): Failure {
  if (error instanceof StoreError) return { kind: error.kind, message: error.message };
  const code = codeOf(error);
  const text = textOf(error);
  if (code === 'SQLITE_NOTADB') return { kind: 'refused', message: `not an SQLite file: ${text}` };
  if (code.startsWith('SQLITE_FULL')) return { kind: 'unavailable', message: `disk full: ${text}` };
  if (code.startsWith('SQLITE_BUSY')) {
    return { kind: 'unavailable', message: `another process holds the ledger’s lock: ${text}` };
  }
  // A write that fails leaves no commit mark behind it. A failed sync may: the mark can reach the disk later.
  if (phase === 'commit' && code !== 'SQLITE_IOERR_WRITE') {
    return { kind: 'unknown_outcome', message: `the commit failed: ${text} (${code})` };
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return { kind: 'unavailable', message: `disk full or failing: ${text} (${code})` };
  }
  return { kind: 'unavailable', message: code === '' ? text : `${text} (${code})` };
}

export function storeError(failure: Failure, cause?: unknown): StoreError {
  return new StoreError(failure.kind, failure.message, cause === undefined ? undefined : { cause });
}

export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

/** By shape, not by class: the binding is loaded once per process, and its errors may be of another realm than ours. */
function codeOf(error: unknown): string {
  return isObject(error) && typeof error.code === 'string' ? error.code : '';
}

function textOf(error: unknown): string {
  return isObject(error) && typeof error.message === 'string' ? error.message : String(error);
}

function isObject(value: unknown): value is { readonly code?: unknown; readonly message?: unknown } {
  return typeof value === 'object' && value !== null;
}
