import { _, type Ajv2020, type KeywordDefinition } from 'ajv/dist/2020.js';
import { canonicalJson, type Json } from '../canonical/json.ts';

/**
 * Gives a validator the keywords that compare values anew: by the JSON they hold. Its own compare objects through
 * their `valueOf`, `toString` and `constructor`, which JSON may bring along, and then throw or are mistaken.
 */
export function comparingAsJson(ajv: Ajv2020): Ajv2020 {
  for (const definition of [constant, oneOf, unique]) {
    ajv.removeKeyword(definition.keyword).addKeyword(definition);
  }
  return ajv;
}

const constant = {
  keyword: 'const',
  compile: (allowed: Json) => isAmong([allowed]),
  error: {
    message: 'must be equal to constant',
    params: ({ schemaCode }) => _`{allowedValue: ${schemaCode}}`,
  },
} satisfies KeywordDefinition;

const oneOf = {
  keyword: 'enum',
  schemaType: 'array',
  compile(allowed: readonly Json[]) {
    if (allowed.length === 0) throw new Error('enum must have non-empty array');
    return isAmong(allowed);
  },
  error: {
    message: 'must be equal to one of the allowed values',
    params: ({ schemaCode }) => _`{allowedValues: ${schemaCode}}`,
  },
} satisfies KeywordDefinition;

const unique = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  compile(isAsked: boolean) {
    return function validate(items: readonly Json[]): boolean {
      const pair = isAsked ? twins(items) : null;
      if (!pair) return true;
      const [j, i] = pair;
      const message = `must NOT have duplicate items (items ## ${j} and ${i} are identical)`;
      Object.assign(validate, { errors: [{ keyword: 'uniqueItems', message, params: { i, j } }] });
      return false;
    };
  },
} satisfies KeywordDefinition;

function isAmong(allowed: readonly Json[]): (value: Json) => boolean {
  const texts = new Set(allowed.map(canonicalJson));
  return (value) => texts.has(canonicalJson(value));
}

/** Indices of the first item that stood there before, and of where it did. */
function twins(items: readonly Json[]): readonly [number, number] | null {
  const places = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const text = canonicalJson(item);
    const earlier = places.get(text);
    if (earlier !== undefined) return [earlier, index];
    places.set(text, index);
  }
  return null;
}
