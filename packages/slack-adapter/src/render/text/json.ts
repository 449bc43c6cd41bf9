import { canonicalJson, isSealed, type Json } from '@countersign/domain';
import { INVISIBLE } from './clean.ts';

/** JSON as people read it: keys in canonical order, short values on one line, nothing invisible in it. */

/** What is sealed reads so, without quotes: no text can pass for it. */
export const WITHHELD = '[withheld]';
const MAX_SHORT = 60;
/** Deeper levels stand no further to the right, so that lines stay short whatever the depth. */
const MAX_INDENT = 24;

/** The lines of a value; an object or list that holds something is laid open. */
export function jsonLines(value: Json): string[] {
  const lines: string[] = [];
  write(value, 0, '', '', lines);
  return lines;
}

/** The value on one line. */
export function jsonText(value: Json): string {
  if (value === null || typeof value !== 'object') return scalar(value);
  if (isSealed(value)) return WITHHELD;
  const parts = membersOf(value).map(({ label, member }) => label + jsonText(member));
  return enclosed(value, parts);
}

function write(value: Json, indent: number, label: string, end: string, lines: string[]): void {
  const margin = ' '.repeat(Math.min(indent, MAX_INDENT));
  const short = indent === 0 && isLaidOpen(value) ? null : shortText(value);
  if (short !== null || !isLaidOpen(value)) {
    lines.push(margin + label + (short ?? jsonText(value)) + end);
    return;
  }
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  lines.push(margin + label + open);
  const members = membersOf(value);
  for (const [index, { label: name, member }] of members.entries()) {
    write(member, indent + 2, name, index < members.length - 1 ? ',' : '', lines);
  }
  lines.push(margin + close + end);
}

function isLaidOpen(value: Json): value is Exclude<Json, null | boolean | number | string> {
  return value !== null && typeof value === 'object' && !isSealed(value) && Object.keys(value).length > 0;
}

/** On one line where that is short; looks no further than it must. */
function shortText(value: Json): string | null {
  if (typeof value === 'string' && value.length > MAX_SHORT) return null;
  if (!isLaidOpen(value)) return jsonText(value);
  const members = membersOf(value);
  if (members.length > MAX_SHORT / 3) return null;
  const parts: string[] = [];
  let width = 0;
  for (const { label, member } of members) {
    const text = shortText(member);
    width += label.length + (text?.length ?? MAX_SHORT) + 2;
    if (text === null || width > MAX_SHORT) return null;
    parts.push(label + text);
  }
  return enclosed(value, parts);
}

interface Member {
  /** `"key": `, or nothing in a list. */
  readonly label: string;
  readonly member: Json;
}

function membersOf(value: Exclude<Json, null | boolean | number | string>): Member[] {
  if (Array.isArray(value)) return value.map((member) => ({ label: '', member }));
  // As RFC 8785 sorts: by UTF-16 code units.
  const keys = Object.keys(value).sort();
  return keys.map((key) => ({ label: `${scalar(key)}: `, member: value[key] as Json }));
}

function enclosed(value: object, parts: readonly string[]): string {
  if (Array.isArray(value)) return `[${parts.join(', ')}]`;
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

/** JSON has its own way to write what nobody would see. */
function scalar(value: null | boolean | number | string): string {
  if (typeof value !== 'string') return canonicalJson(value);
  return JSON.stringify(value).replace(INVISIBLE, (mark) =>
    Array.from({ length: mark.length }, (_, at) => `\\u${hex4(mark.charCodeAt(at))}`).join(''),
  );
}

function hex4(unit: number): string {
  return unit.toString(16).padStart(4, '0');
}
