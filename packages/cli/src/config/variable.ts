import type { ValueType } from './types.ts';

/** One environment variable. */
export interface Variable<T = unknown> {
  readonly name: string;
  readonly type: ValueType<T>;
  /** What it means; Markdown. */
  readonly meaning: string;
  /** Never printed, never logged. */
  readonly secret: boolean;
  /** As somebody would write it. Undefined: unset stays unset. */
  readonly fallback: string | undefined;
  /** Read and checked, but nothing in this version acts on it: what will. */
  readonly waitsFor: string | undefined;
}

interface More {
  readonly secret?: boolean;
  readonly waitsFor?: string;
}

/** A variable that has a value whether or not it is set. */
export function required<T>(
  name: string,
  type: ValueType<T>,
  fallback: string,
  meaning: string,
): Variable<T> & { readonly fallback: string } {
  return { name, type, fallback, meaning, secret: false, waitsFor: undefined };
}

/** A variable that may be absent. */
export function optional<T>(
  name: string,
  type: ValueType<T>,
  meaning: string,
  more: More = {},
): Variable<T> & { readonly fallback: undefined } {
  return { name, type, meaning, fallback: undefined, secret: more.secret ?? false, waitsFor: more.waitsFor };
}
