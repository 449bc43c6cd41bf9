import type { Json, JsonObject } from '../canonical/json.ts';
import { childOf } from '../canonical/pointer.ts';
import type { PlanStep } from '../policy/policy.ts';
import { holdsSealed, isSealed } from '../policy/sealing.ts';
import { splitTemplates, type TemplatePart } from '../policy/template.ts';

/** Why a plan can't be carried out as it stands. */
export interface PlanFault {
  /** Index of the step. */
  readonly step: number;
  /** JSON Pointer into the step's input. */
  readonly pointer: string;
  /** JSON Pointer to the parameter that is amiss, where it is one. */
  readonly param?: string;
  readonly detail: string;
}

/**
 * A fault as refusals name places: in the parameters where one of them is amiss, otherwise in the plan.
 * @param at pointers to the parameters and to the steps, in what the caller knows
 */
export function placeOf(
  { step, pointer, param, detail }: PlanFault,
  at: { readonly params: string; readonly steps: string },
): { pointer: string; detail: string } {
  if (param !== undefined) return { pointer: `${at.params}${param}`, detail };
  return { pointer: `${at.steps}/${step}${pointer === '' ? '' : `/input${pointer}`}`, detail };
}

export interface RenderedPlan {
  readonly steps: readonly PlanStep[];
  readonly faults: readonly PlanFault[];
}

/** All that is filled in, together. */
const MAX_FILLED_CHARS = 1024 * 1024;
/** Levels of an input, with what is filled in: `canonicalJson` takes 200, and a plan stands a few levels down. */
const MAX_DEPTH = 150;

/**
 * A plan with its templates filled in from parameters. A text that is nothing but one `{{payload.a.b}}` becomes the
 * value, with its type; into a longer text only texts, numbers, true and false are filled. What is filled in is never
 * looked at again. Places that can't be filled in stay as they are, and are told as faults. Pure, and total for all
 * that `canonicalJson` takes.
 * @param isOpened personal values are readable, so that one which is still sealed is a fault: it was erased. Otherwise
 *   a sealed value is filled in as it is, and a longer text that needs one stays as it is.
 */
export function renderPlan(
  steps: readonly PlanStep[],
  params: JsonObject,
  { isOpened = false } = {},
): RenderedPlan {
  const faults: PlanFault[] = [];
  let filledChars = 0;
  const rendered = steps.map(({ connector, operation, input }, step): PlanStep => {
    const filling: Filling = {
      params,
      isOpened,
      report: (pointer, param, detail) => void faults.push({ step, pointer, param, detail }),
      fits(value) {
        filledChars += typeof value === 'string' ? value.length : JSON.stringify(value).length;
        return filledChars <= MAX_FILLED_CHARS;
      },
    };
    return { connector, operation, input: fill(input, '', 0, filling) as JsonObject };
  });
  return { steps: rendered, faults };
}

interface Filling {
  readonly params: JsonObject;
  readonly isOpened: boolean;
  readonly report: (pointer: string, param: string, detail: string) => void;
  /** Counts the value as filled in; false when all together is too much. */
  readonly fits: (value: Json) => boolean;
}

/** The value itself where nothing is to be filled in. */
function fill(value: Json, pointer: string, depth: number, filling: Filling): Json {
  if (typeof value === 'string') return fillText(value, pointer, depth, filling);
  if (value === null || typeof value !== 'object') return value;
  let changed = false;
  const members = Object.entries(value).map(([key, member]) => {
    const filled = fill(member as Json, childOf(pointer, key), depth + 1, filling);
    changed ||= filled !== member;
    return [key, filled] as const;
  });
  if (!changed) return value;
  return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
}

function fillText(text: string, pointer: string, depth: number, filling: Filling): Json {
  const parts = splitTemplates(text);
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'object') {
    const value = valueFor(only, { pointer, depth, isWhole: true }, filling);
    return value === undefined ? text : value;
  }
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      return valueFor(part, { pointer, depth, isWhole: false }, filling) ?? part.text;
    })
    .join('');
}

interface Place {
  readonly pointer: string;
  readonly depth: number;
  /** The template is all of the text. */
  readonly isWhole: boolean;
}

/** What a template stands for; undefined where it stays as it is, with the reason reported if that is a fault. */
function valueFor({ tokens }: TemplatePart, place: Place, filling: Filling): Json | undefined {
  const { params, isOpened, report, fits } = filling;
  const value = lookUp(params, tokens);
  const isSealedHere = value === SEALED || (!place.isWhole && isSealed(value));
  if (isSealedHere && !isOpened) return undefined;
  const isErased = isOpened && (value === SEALED || (value !== undefined && holdsSealed(value)));
  const fault = isErased
    ? 'holds a personal value that was erased'
    : misfit(value as Json | undefined, place);
  if (fault === null && fits(value as Json)) return value as Json;
  report(place.pointer, `/${tokens.join('/')}`, fault ?? 'makes the plan too large');
  return undefined;
}

function misfit(value: Json | undefined, { depth, isWhole }: Place): string | null {
  if (value === undefined) return 'is missing, and the plan needs it';
  if (isWhole) return depth + depthOf(value) > MAX_DEPTH ? 'is nested too deep for the plan' : null;
  if (value !== null && typeof value !== 'object') return null;
  return 'is filled into a longer text, where only texts, numbers, true and false can be';
}

/** Within a value that can't be read. */
const SEALED = Symbol('sealed');

function lookUp(params: JsonObject, tokens: readonly string[]): Json | typeof SEALED | undefined {
  let current: Json = params;
  for (const token of tokens) {
    if (current !== params && isSealed(current)) return SEALED;
    if (current === null || typeof current !== 'object' || !Object.hasOwn(current, token)) return undefined;
    current = (current as JsonObject)[token] as Json;
  }
  return current;
}

function depthOf(value: Json): number {
  let level: Json[] = [value];
  let depth = 0;
  for (; level.length > 0; depth++) {
    level = level.flatMap((item): Json[] =>
      item !== null && typeof item === 'object' ? Object.values(item) : [],
    );
  }
  return depth;
}
