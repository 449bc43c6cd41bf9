import { canonicalJson, type Json, type JsonObject } from '../canonical/json.ts';

const MAX_ERROR_CHARS = 500;
const MAX_RESULT_BYTES = 8 * 1024;
/** Names of what was cut are kept, so many at most, and so long: 3 KiB, however they have to be escaped. */
const MAX_NAMES = 10;
const MAX_NAME_CHARS = 50;
const NAMES_BYTES = 3 * 1024;

/** An error's text as it goes on the record: at most 500 characters, the last of them `…` where it was longer. */
export function boundedError(error: string): string {
  const text = error.toWellFormed();
  if (text.length <= MAX_ERROR_CHARS) return text;
  return `${text.slice(0, MAX_ERROR_CHARS - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/**
 * A result as it goes on the record: at most 8 KiB of canonical JSON. Where it is larger its smallest members are kept,
 * and `$cut` names the others; so it does for members that JSON can't say.
 */
export function boundedResult(result: JsonObject): JsonObject {
  const members = Object.entries(result)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ name, value, size: sizeOf(name, value) }));
  if (members.reduce((sum, { size }) => sum + size, '{'.length) <= MAX_RESULT_BYTES) return result;
  const kept: [string, Json][] = [];
  const cut: string[] = [];
  let bytes = NAMES_BYTES;
  for (const { name, value, size } of members.toSorted((a, b) => a.size - b.size)) {
    bytes += size;
    if (bytes <= MAX_RESULT_BYTES) kept.push([name, value]);
    else cut.push(name.slice(0, MAX_NAME_CHARS).toWellFormed());
  }
  return { ...Object.fromEntries(kept), $cut: cut.slice(0, MAX_NAMES) };
}

/** Bytes of `"name":value,`; endless for what JSON can't say. */
function sizeOf(name: string, value: Json): number {
  try {
    return Buffer.byteLength(`${canonicalJson(name)}:${canonicalJson(value)},`);
  } catch (error) {
    if (error instanceof TypeError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}
