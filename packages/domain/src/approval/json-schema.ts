import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { hashOf } from '../canonical/hash.ts';
import type { JsonObject } from '../canonical/json.ts';

const MAX_COMPILED = 200;
const compiled = new Map<string, ValidateFunction>();

/**
 * Where a value breaks a JSON Schema (draft 2020-12): one entry a place, as JSON Pointer and words. Compiling is
 * slow, so the newest schemas are kept compiled, by their content.
 * @throws Error when the schema itself is not one.
 */
export function schemaErrors(schema: JsonObject, value: unknown): { pointer: string; detail: string }[] {
  const validate = compile(schema);
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => ({
    pointer: error.instancePath + (missingProperty(error.params) ?? ''),
    detail: error.message ?? error.keyword,
  }));
}

function compile(schema: JsonObject): ValidateFunction {
  const key = hashOf(schema);
  const known = compiled.get(key);
  if (known) return known;
  const validate = new Ajv2020({ allErrors: true, strict: false }).compile(schema);
  if (compiled.size >= MAX_COMPILED) compiled.delete(compiled.keys().next().value ?? '');
  compiled.set(key, validate);
  return validate;
}

function missingProperty(params: Record<string, unknown>): string | undefined {
  return typeof params['missingProperty'] === 'string' ? `/${params['missingProperty']}` : undefined;
}
