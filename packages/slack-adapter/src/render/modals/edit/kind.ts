import { canonicalJson, type Json, type JsonObject } from '@countersign/domain';
import { INVISIBLE } from '../../text/clean.ts';
import { jsonLines, jsonText } from '../../text/json.ts';
import { MAX_TYPED } from '../form.ts';

/** What a parameter is edited with. `initial` is what the field holds at first; null where nothing does. */
export type Kind =
  | { readonly type: 'choice'; readonly options: readonly Json[]; readonly initial: number | null }
  | {
      readonly type: 'number';
      readonly isWhole: boolean;
      readonly initial: string | null;
      readonly min?: string;
      readonly max?: string;
    }
  | {
      readonly type: 'text';
      readonly isLong: boolean;
      readonly initial: string | null;
      readonly maxLength: number;
    }
  | { readonly type: 'json'; readonly initial: string | null };

const MAX_OPTIONS = 100;
const LONG = 100;
/** Numerals that Slack's number field takes. */
const NUMERAL = /^-?\d{1,15}(\.\d{1,15})?$/;

/**
 * By the parameter's schema where the value there is now is of that kind, else as JSON text.
 * @param schema as the policy wrote it; `{}` without one
 * @returns null when the value is longer than any field of Slack
 */
export function kindOf(schema: JsonObject, current: Json | undefined): Kind | null {
  return choice(schema, current) ?? number(schema, current) ?? text(schema, current) ?? json(current);
}

function choice(schema: JsonObject, current: Json | undefined): Kind | null {
  const options = schema.type === 'boolean' && schema.enum === undefined ? [true, false] : schema.enum;
  if (!Array.isArray(options) || options.length === 0 || options.length > MAX_OPTIONS) return null;
  if (current === undefined) return { type: 'choice', options, initial: null };
  const initial = options.findIndex((option) => canonicalJson(option) === canonicalJson(current));
  return initial === -1 ? null : { type: 'choice', options, initial };
}

function number(schema: JsonObject, current: Json | undefined): Kind | null {
  if (schema.type !== 'integer' && schema.type !== 'number') return null;
  const isWhole = schema.type === 'integer';
  if (current === undefined) return { type: 'number', isWhole, initial: null, ...bounds(schema, undefined) };
  if (typeof current !== 'number' || (isWhole && !Number.isInteger(current))) return null;
  const initial = String(current);
  return NUMERAL.test(initial) ? { type: 'number', isWhole, initial, ...bounds(schema, current) } : null;
}

/** Slack refuses a form whose bounds contradict each other, or what the field holds. */
function bounds(
  { minimum, maximum, type }: JsonObject,
  current: number | undefined,
): { min?: string; max?: string } {
  const usable = (bound: Json | undefined): bound is number =>
    typeof bound === 'number' &&
    NUMERAL.test(String(bound)) &&
    (type === 'number' || Number.isInteger(bound));
  const min = usable(minimum) ? minimum : undefined;
  const max = usable(maximum) ? maximum : undefined;
  if (min !== undefined && max !== undefined && min > max) return {};
  return {
    ...(min !== undefined && !(current !== undefined && current < min) && { min: String(min) }),
    ...(max !== undefined && !(current !== undefined && current > max) && { max: String(max) }),
  };
}

function text({ type, maxLength }: JsonObject, current: Json | undefined): Kind | null {
  if (type !== 'string' || (current !== undefined && typeof current !== 'string')) return null;
  const initial = current ?? '';
  // What can't be seen, or would not come back as it was, is edited as JSON, where it is written out.
  if (initial.length > MAX_TYPED || initial.includes('\r') || initial.search(INVISIBLE) !== -1) return null;
  const limit =
    typeof maxLength === 'number' && Number.isInteger(maxLength) && maxLength > 0 ? maxLength : MAX_TYPED;
  return {
    type: 'text',
    isLong: initial.includes('\n') || initial.length > LONG || (maxLength !== undefined && limit > 5 * LONG),
    initial: initial === '' ? null : initial,
    maxLength: Math.max(Math.min(limit, MAX_TYPED), initial.length),
  };
}

function json(current: Json | undefined): Kind | null {
  if (current === undefined) return { type: 'json', initial: null };
  const laidOpen = jsonLines(current).join('\n');
  const initial = laidOpen.length <= MAX_TYPED ? laidOpen : jsonText(current);
  return initial.length <= MAX_TYPED ? { type: 'json', initial } : null;
}
