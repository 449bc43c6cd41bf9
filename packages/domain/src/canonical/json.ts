import { isConstant } from './constant.ts';

/** Anything JSON can say. What enters the ledger is this and nothing else. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/**
 * RFC 8785 (JSON Canonicalization Scheme) text of a value.
 *
 * Members that are `undefined` are left out, as JSON.stringify does. Everything else JSON cannot carry is refused:
 * what would silently change its meaning must not be hashed.
 *
 * @throws TypeError for NaN, infinities, bigint, functions, symbols, undefined array items, lone surrogates,
 *   values that are not plain objects, and nesting beyond 200 levels (which also ends cycles).
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

const MAX_DEPTH = 200;

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      // ECMAScript's own number serialisation is the one RFC 8785 §3.2.2.3 prescribes; it writes -0 as 0.
      if (!Number.isFinite(value)) throw new TypeError(`not a JSON number: ${value}`);
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= MAX_DEPTH) throw new TypeError(`nested deeper than ${MAX_DEPTH} levels`);
      return Array.isArray(value) ? writeArray(value, depth) : writeObject(value, depth);
    default:
      throw new TypeError(`not a JSON value: ${typeof value}`);
  }
}

function writeString(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('not Unicode text: lone surrogate');
  return JSON.stringify(value);
}

function writeArray(items: readonly unknown[], depth: number): string {
  let text = '[';
  for (let i = 0; i < items.length; i++) {
    if (i > 0) text += ',';
    text += write(items[i], depth + 1);
  }
  return `${text}]`;
}

function writeObject(value: object, depth: number): string {
  if (!isConstant(value)) return writeMembers(value, depth);
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = writeMembers(value, depth);
  texts.set(value, text);
  return text;
}

/** Of values that never change: a policy's slate goes into every request's first event. */
const texts = new WeakMap<object, string>();

function writeMembers(value: object, depth: number): string {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`not a plain object: ${value.constructor?.name ?? 'unknown'}`);
  }
  const members = value as Record<string, unknown>;
  // RFC 8785 §3.2.3 sorts by UTF-16 code units, which is what sort() without a comparator does.
  const keys = Object.keys(members).sort();
  let text = '{';
  for (const key of keys) {
    const member = members[key];
    if (member === undefined) continue;
    if (text.length > 1) text += ',';
    text += `${writeString(key)}:${write(member, depth + 1)}`;
  }
  return `${text}}`;
}
