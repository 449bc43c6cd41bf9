import { isSealed, type Json } from '@countersign/domain';

/** Takes personal values out of what goes on the record, or is shown. */
export type Mask = <T extends Json>(value: T) => T;

const MASKED = '[personal]';
/** Anything shorter stands in too many innocent words; it is masked only where it stands alone. */
const MIN_LENGTH = 4;
const TEMPLATE = /\{\{.*?\}\}/s;

/**
 * A mask for the personal values that an input holds.
 * @param sealed the input as the ledger can tell it
 * @param opened the same with personal values readable
 */
export function maskFor(sealed: Json, opened: Json): Mask {
  const found = new Set<string>();
  collect(sealed, opened, found);
  if (found.size === 0) return (value) => value;
  const forms = [...found].flatMap((text) => [
    text,
    encodeURIComponent(text.toWellFormed()),
    JSON.stringify(text).slice(1, -1),
  ]);
  // Longest first: one may be part of another.
  const inside = [...new Set(forms)]
    .filter((text) => text.length >= MIN_LENGTH)
    .sort((a, b) => b.length - a.length);
  const maskText = (text: string): string => {
    if (found.has(text)) return MASKED;
    return inside.reduce((masked, personal) => masked.replaceAll(personal, MASKED), text);
  };
  const mask = (value: Json): Json => {
    if (typeof value === 'string') return maskText(value);
    if (typeof value === 'number')
      return String(value).length >= MIN_LENGTH && found.has(String(value)) ? MASKED : value;
    if (Array.isArray(value)) return value.map(mask);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [maskText(key), mask(member)]));
  };
  return mask as Mask;
}

function collect(sealed: Json | undefined, opened: Json, found: Set<string>): void {
  if (sealed === opened) return;
  if (typeof sealed === 'string' && typeof opened === 'string') filledIn(sealed, opened, found);
  else if (isSealed(sealed) || !isBranch(sealed) || !isBranch(opened)) leaves(opened, found);
  else {
    const members = new Map<string, Json>(Object.entries(sealed));
    for (const [key, member] of Object.entries(opened)) collect(members.get(key), member, found);
  }
}

/** What stands in the opened text where the sealed one still has templates. */
function filledIn(sealed: string, opened: string, found: Set<string>): void {
  const [first = '', ...literals] = sealed.split(TEMPLATE);
  let from = first.length;
  for (const [index, literal] of literals.entries()) {
    const isLast = index === literals.length - 1;
    const at = isLast ? opened.length - literal.length : opened.indexOf(literal, from);
    // Where the two don't fit together, braces were filled in as well: all the rest may be personal.
    const end = at < from ? opened.length : at;
    if (end > from) found.add(opened.slice(from, end));
    if (at < from) return;
    from = at + literal.length;
  }
}

function leaves(value: Json, found: Set<string>): void {
  if (isBranch(value)) for (const member of Object.values(value)) leaves(member as Json, found);
  else if (typeof value === 'string' || typeof value === 'number') found.add(String(value));
}

function isBranch(value: Json | undefined): value is Exclude<Json, string | number | boolean | null> {
  return value !== null && typeof value === 'object';
}
