import { type Hash, hashOf } from '../canonical/hash.ts';
import { canonicalJson, type Json, type JsonObject } from '../canonical/json.ts';
import { childOf, parsePointer, valueAt } from '../canonical/pointer.ts';

/**
 * Values that must not stand in the ledger in clear. A redacted value becomes `{ "$hmac": … }`: it can be compared
 * and never read again. A personal one becomes `{ "$hmac": …, "$sealed": … }`: it can be read as long as the
 * request's key exists. The keys, and the cryptography, are the caller's.
 */

export interface Sealing {
  /** JSON Pointers into the parameters; `*` as a token stands for every member or item. */
  readonly redact: readonly string[];
  readonly personal: readonly string[];
}

/** Under the request's own key. */
export interface SealKeys {
  /** HMAC-SHA-256 of the text's UTF-8 bytes, in hex. */
  hmac(text: string): string;
  /** Authenticated encryption of the text, in base64. */
  encrypt(text: string): string;
}

/** Deeper parameters are refused, as `canonicalJson` does. */
const MAX_DEPTH = 200;
const MARKER: JsonObject = { $hmac: '' };

/** Whether any value of these parameters has to be sealed, so that a key is needed. */
export function needsSealing(params: JsonObject, { redact, personal }: Sealing): boolean {
  return [...redact, ...personal].some((pattern) => pointersTo(params, pattern).length > 0);
}

/**
 * The parameters as they enter the ledger; the same object when there is nothing to seal. Each value is bound to
 * its place: the same value elsewhere has another HMAC, and opens nowhere else.
 * @throws TypeError when a value to be sealed is nested deeper than `canonicalJson` allows
 */
export function sealParams(params: JsonObject, { redact, personal }: Sealing, keys: SealKeys): JsonObject {
  const patterns = [
    ...redact.map((pattern): Pattern => ({ tokens: parsePointer(pattern) ?? [], isPersonal: false })),
    ...personal.map((pattern): Pattern => ({ tokens: parsePointer(pattern) ?? [], isPersonal: true })),
  ];
  return sealBelow(params, patterns, keys, '') as JsonObject;
}

interface Pattern {
  /** Still to go from the value looked at; none left: the value itself is meant. */
  readonly tokens: readonly string[];
  readonly isPersonal: boolean;
}

/** One walk for all patterns: the time taken grows with the parameters, however many values are sealed. */
function sealBelow(value: Json, patterns: readonly Pattern[], keys: SealKeys, pointer: string): Json {
  const meant = patterns.find(({ tokens }) => tokens.length === 0);
  if (meant) {
    const text = boundText(pointer, value);
    const $hmac = `hmac-sha256:${keys.hmac(text)}`;
    return meant.isPersonal ? { $hmac, $sealed: keys.encrypt(text) } : { $hmac };
  }
  let changed = false;
  const members = entriesOf(value).map(([key, member]) => {
    const below = patterns
      .filter(({ tokens: [token] }) => token === '*' || token === key)
      .map((pattern) => ({ ...pattern, tokens: pattern.tokens.slice(1) }));
    const sealed = below.length === 0 ? member : sealBelow(member, below, keys, childOf(pointer, key));
    changed ||= sealed !== member;
    return [key, sealed] as const;
  });
  if (!changed) return value;
  return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
}

/** Over sealed parameters without their ciphertexts: what people approve. Erasing a key does not change it. */
export function paramsHashOf(sealed: JsonObject): Hash {
  return hashOf(withoutCiphertexts(sealed));
}

/** A document with every `{ "$hmac", "$sealed" }` in it reduced to `{ "$hmac" }`; itself where there is none. */
export function withoutCiphertexts<T extends Json>(sealed: T): T {
  return mapSealed(sealed, ({ $hmac }) => ({ $hmac }) as JsonObject) as T;
}

/** A document with another value in place of every sealed one; itself where there is none. */
export function replaceSealed<T extends Json>(sealed: T, replacement: Json): T {
  return mapSealed(sealed, () => replacement) as T;
}

/**
 * Over sealed parameters with every sealed value replaced by the same marker: equal for two requests that differ
 * at most in what was sealed. HMACs of different requests have different keys and can't be compared.
 */
export function comparableHash(sealed: JsonObject): Hash {
  return hashOf(mapSealed(sealed, () => MARKER));
}

/**
 * The parameters with personal values readable again; redacted ones stay sealed, and so does what `decrypt`
 * answers with null (its key is gone).
 * @throws Error when a ciphertext was made for another place
 */
export function openParams(sealed: JsonObject, decrypt: (ciphertext: string) => string | null): JsonObject {
  return mapSealed(sealed, (value, pointer) => {
    const text = typeof value.$sealed === 'string' ? decrypt(value.$sealed) : null;
    if (text === null) return value;
    const bound = JSON.parse(text) as { pointer: string; value: Json };
    if (bound.pointer !== pointer)
      throw new Error(`the sealed value at ${pointer} was sealed for another place`);
    return bound.value;
  }) as JsonObject;
}

/** Whether a document is, or holds, a sealed value. */
export function holdsSealed(document: Json): boolean {
  return mapSealed(document, () => null) !== document;
}

/** What stands for a sealed value. Callers can't write one: see `findReservedKeys`. */
export function isSealed(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && Object.hasOwn(value, '$hmac');
}

/**
 * Pointers to members named `$hmac` or `$sealed` in what a caller sent (at most ten); a request or an edit with any
 * must be refused, or it could pass for a sealed value. Takes any depth.
 */
export function findReservedKeys(params: Json): string[] {
  const found: string[] = [];
  const open: { value: Json; pointer: string }[] = [{ value: params, pointer: '' }];
  for (let next = open.pop(); next && found.length < 10; next = open.pop()) {
    for (const [key, value] of entriesOf(next.value)) {
      const pointer = childOf(next.pointer, key);
      if (!Array.isArray(next.value) && (key === '$hmac' || key === '$sealed')) found.push(pointer);
      else if (value !== null && typeof value === 'object') open.push({ value, pointer });
    }
  }
  return found.slice(0, 10).toSorted();
}

/** Concrete pointers that a pattern hits, where there is a value. */
export function pointersTo(document: Json, pattern: string): string[] {
  let hits: { pointer: string; value: Json }[] = [{ pointer: '', value: document }];
  for (const token of parsePointer(pattern) ?? []) {
    hits = hits.flatMap(({ pointer, value }) =>
      childrenAt(value, token).map(([key, child]) => ({ pointer: childOf(pointer, key), value: child })),
    );
  }
  return hits.map(({ pointer }) => pointer);
}

/** Whether two patterns can hit the same value, or one a part of what the other hits. */
export function patternsOverlap(a: string, b: string): boolean {
  const left = parsePointer(a) ?? [];
  const right = parsePointer(b) ?? [];
  const common = Math.min(left.length, right.length);
  return left.slice(0, common).every((token, i) => token === right[i] || token === '*' || right[i] === '*');
}

function boundText(pointer: string, value: Json): string {
  return canonicalJson({ pointer, value });
}

function childrenAt(value: Json, token: string): [string, Json][] {
  if (token === '*') return entriesOf(value);
  const child = valueAt(value, childOf('', token));
  return child === undefined ? [] : [[token, child]];
}

function entriesOf(value: Json): [string, Json][] {
  return value !== null && typeof value === 'object' ? Object.entries(value) : [];
}

/** A copy with every sealed value replaced; the document itself where there is none. */
function mapSealed(
  value: Json,
  replace: (sealed: JsonObject, pointer: string) => Json,
  pointer = '',
  depth = 0,
): Json {
  if (value === null || typeof value !== 'object') return value;
  if (isSealed(value)) return replace(value, pointer);
  if (depth >= MAX_DEPTH) throw new TypeError(`nested deeper than ${MAX_DEPTH} levels`);
  let changed = false;
  const members = Object.entries(value).map(([key, member]) => {
    const mapped = mapSealed(member as Json, replace, childOf(pointer, key), depth + 1);
    changed ||= mapped !== member;
    return [key, mapped] as const;
  });
  if (!changed) return value;
  return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
}
