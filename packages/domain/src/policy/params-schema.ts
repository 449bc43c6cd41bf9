import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Json, JsonObject } from '../canonical/json.ts';
import { parsePointer, valueAt } from '../canonical/pointer.ts';
import { readDocument } from './document.ts';
import type { PolicyError } from './errors.ts';
import { isSealed } from './sealing.ts';

/**
 * JSON Schemas (draft 2020-12) of parameters: checked when a policy is loaded, applied when somebody edits.
 * `format` is an annotation, as the draft has it, and limits nothing; use `pattern`.
 */

export interface ParamsFault {
  /** JSON Pointer into the parameters. */
  readonly pointer: string;
  readonly detail: string;
}

const compiled = new WeakMap<object, ValidateFunction>();

/**
 * What is wrong with parameters by a schema that `loadPolicy` has let through; empty when nothing is.
 * Values that are sealed can't be judged and pass.
 */
export function paramsFaults(schema: JsonObject, params: JsonObject): ParamsFault[] {
  let validate = compiled.get(schema);
  if (!validate) {
    validate = newAjv().compile(schema);
    compiled.set(schema, validate);
  }
  if (validate(params)) return [];
  return (validate.errors ?? [])
    .filter((error) => !isInSealed(params, error.instancePath))
    .map((error) => ({ pointer: error.instancePath, detail: detailOf(error) }));
}

/** The schema a file holds, or what is wrong with it. */
export function readSchema(
  file: string,
  text: string,
): { schema: JsonObject; errors?: never } | { schema?: never; errors: PolicyError[] } {
  const document = readDocument(file, text);
  const schema = parseJson(text);
  if (schema === undefined) {
    const [first] = document.errors;
    return { errors: [first ?? document.error([], 'is not JSON')] };
  }
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) {
    return { errors: [document.error([], 'must be a JSON Schema written as an object')] };
  }
  const at = (pointer: string, message: string) => document.error(stepsOf(schema, pointer), message);
  const errors = metaFaults(schema as JsonObject).map(({ pointer, detail }) => at(pointer, detail));
  return errors.length > 0 ? { errors } : { schema: schema as JsonObject };
}

function newAjv(): Ajv2020 {
  return new Ajv2020({
    strict: true,
    strictTypes: false,
    allErrors: true,
    validateFormats: false,
    logger: false,
  });
}

function metaFaults(schema: JsonObject): ParamsFault[] {
  const draft = schema.$schema;
  if (draft !== undefined && draft !== 'https://json-schema.org/draft/2020-12/schema') {
    const detail = 'must be "https://json-schema.org/draft/2020-12/schema", or left out';
    return [{ pointer: '/$schema', detail }];
  }
  if ('$async' in schema) return [{ pointer: '/$async', detail: 'is not possible here' }];
  const ajv = newAjv();
  try {
    if (!ajv.validateSchema(schema)) {
      return (ajv.errors ?? []).map((error) => ({ pointer: error.instancePath, detail: detailOf(error) }));
    }
    ajv.compile(schema);
    return [];
  } catch (thrown) {
    // The one way in which ajv reports what it can't compile: a reference that leads nowhere, an unknown keyword.
    return [
      { pointer: '', detail: `does not compile: ${thrown instanceof Error ? thrown.message : thrown}` },
    ];
  }
}

function detailOf(error: ErrorObject): string {
  const params = error.params as { additionalProperty?: string; allowedValues?: unknown[] };
  const more = params.additionalProperty ?? params.allowedValues?.join(', ');
  return `${error.message ?? 'is not valid'}${more === undefined ? '' : ` (${more})`}`;
}

function isInSealed(params: Json, pointer: string): boolean {
  const steps = pointer.split('/');
  return steps.some((_, index) => isSealed(valueAt(params, steps.slice(0, index + 1).join('/'))));
}

/** A pointer's tokens, with those that count items as numbers. */
function stepsOf(document: unknown, pointer: string): (string | number)[] {
  let current = document;
  return (parsePointer(pointer) ?? []).map((token) => {
    const step = Array.isArray(current) ? Number(token) : token;
    current = (current as Record<string | number, unknown> | undefined)?.[step];
    return step;
  });
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}
