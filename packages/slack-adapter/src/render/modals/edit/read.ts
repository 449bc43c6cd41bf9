import { type Approval, canonicalJson, type Json, type JsonObject } from '@countersign/domain';
import { plain } from '../../text/mrkdwn.ts';
import { NOTE } from '../form.ts';
import { chosenIn, type FormValues, typedIn, wordsIn } from '../read.ts';
import { type Field, formFields } from './fields.ts';

export type ReadEdit =
  | { readonly overrides: JsonObject; readonly note?: string }
  /** By block id: what is wrong there, and what is allowed. */
  | { readonly errors: Readonly<Record<string, string>> };

/**
 * What was edited in the form, as JSON values; nothing of what was left as it was. Whether the values are allowed is
 * not judged here, only what they are.
 * @param approval of which the form was drawn
 * @param values `view.state.values` as Slack gives them
 */
export function readEdit(approval: Approval, values: FormValues): ReadEdit {
  const overrides: [string, Json][] = [];
  const errors: [string, string][] = [];
  for (const field of formFields(approval).fields) {
    const read = readField(field, values);
    if (read === LEFT) continue;
    if ('error' in read) errors.push([field.blockId, read.error]);
    else overrides.push([field.key, read.value]);
  }
  if (errors.length > 0) return { errors: Object.fromEntries(errors) };
  const note = wordsIn(values, NOTE);
  return { overrides: Object.fromEntries(overrides), ...(note !== undefined && { note }) };
}

const LEFT = Symbol('left as it was');
type Read = typeof LEFT | { readonly value: Json } | { readonly error: string };

const EMPTIED: Read = { error: 'This must not be empty: an edit can change a parameter, not remove it.' };

function readField(field: Field, values: FormValues): Read {
  const { kind, blockId } = field;
  if (kind.type === 'choice') return readChoice(kind, chosenIn(values, blockId));
  const typed = typedIn(values, blockId);
  if (typed === undefined) return LEFT;
  if (typed === null || typed.trim() === '') return kind.initial === null ? LEFT : EMPTIED;
  if (sameText(typed, kind.initial ?? '')) return LEFT;
  const read = readTyped(field, typed);
  if (read === LEFT || 'error' in read) return read;
  return isSame(read.value, field.current) ? LEFT : read;
}

function readChoice(
  { options, initial }: Extract<Field['kind'], { type: 'choice' }>,
  value: string | null | undefined,
): Read {
  if (value === undefined) return LEFT;
  if (value === null) return initial === null ? LEFT : EMPTIED;
  const index = /^\d{1,3}$/.test(value) ? Number(value) : -1;
  const option = options[index];
  if (option === undefined) return { error: 'Choose one of the values in the list.' };
  return index === initial ? LEFT : { value: option };
}

function readTyped({ key, kind }: Field, typed: string): Read {
  if (kind.type === 'number') return readNumber(typed.trim(), kind.isWhole);
  const read = kind.type === 'text' ? { value: withLineFeeds(typed) } : readJson(typed);
  return 'error' in read ? read : storable(key, read.value);
}

function readNumber(typed: string, isWhole: boolean): Read {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(typed) ? Number(typed) : Number.NaN;
  if (!Number.isFinite(value)) return { error: 'This must be a number, such as 10 or 0.25.' };
  if (isWhole && !Number.isInteger(value)) return { error: 'This must be a whole number.' };
  return exact(value) ? { value } : { error: TOO_LARGE };
}

const TOO_LARGE = `Whole numbers beyond ${Number.MAX_SAFE_INTEGER} can't be kept exactly.`;

function readJson(typed: string): { value: Json } | { error: string } {
  let isExact = true;
  try {
    const value = JSON.parse(typed, (_key, member) => {
      isExact &&= typeof member !== 'number' || exact(member);
      return member;
    }) as Json;
    return isExact ? { value } : { error: TOO_LARGE };
  } catch (cause) {
    return { error: `This is not JSON: ${plain((cause as SyntaxError).message, 200)}` };
  }
}

/** The ledger holds what RFC 8785 can write: no lone surrogates, no nesting without end. */
function storable(key: string, value: Json): Read {
  try {
    canonicalJson({ [key]: value });
    return { value };
  } catch (cause) {
    return { error: `This can't be kept: ${(cause as TypeError).message}.` };
  }
}

function exact(value: number): boolean {
  return !Number.isInteger(value) ? Number.isFinite(value) : Number.isSafeInteger(value);
}

/** A text field gives back line breaks and spaces at the ends in its own way. */
function sameText(typed: string, initial: string): boolean {
  return withLineFeeds(typed).trim() === initial.trim();
}

function withLineFeeds(typed: string): string {
  return typed.replaceAll('\r\n', '\n');
}

function isSame(value: Json, current: Json | undefined): boolean {
  return current !== undefined && canonicalJson(value) === canonicalJson(current);
}
