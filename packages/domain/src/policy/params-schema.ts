import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { canonicalJson, type Json, type JsonObject } from '../canonical/json.ts';
import { valueAt } from '../canonical/pointer.ts';
import { comparingAsJson } from './json-equality.ts';
import { isSealed } from './sealing.ts';

export interface ParamsFault {
  /** JSON Pointer into the parameters; of a missing member, where it would be. */
  readonly pointer: string;
  readonly detail: string;
}

/**
 * What is wrong with parameters by a schema that `loadPolicy` has let through; empty when nothing is. Values that
 * are sealed can't be judged and pass.
 */
export function paramsFaults(schema: JsonObject, params: JsonObject): ParamsFault[] {
  const validate = compiled(schema);
  if (validate(params)) return [];
  return (validate.errors ?? [])
    .filter((error) => !isInSealed(params, error.instancePath))
    .map((error) => ({ pointer: pointerOf(error), detail: detailOf(error) }));
}

/** `format` is an annotation, as draft 2020-12 has it, and limits nothing. */
export function newAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allErrors: true,
    validateFormats: false,
    logger: false,
  });
  return comparingAsJson(ajv);
}

/** An error of ajv in words. */
export function detailOf(error: ErrorObject): string {
  const { allowedValues, additionalProperty } = error.params as {
    allowedValues?: Json[];
    additionalProperty?: string;
  };
  const more = allowedValues?.map(inWords).join(', ') ?? additionalProperty;
  return `${error.message ?? error.keyword}${more === undefined ? '' : `: ${more}`}`;
}

function inWords(value: Json): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}

const MAX_COMPILED = 200;
const validators = new Map<string, ValidateFunction>();

/** Compiling is slow, and schemas come anew with every stored request: kept by content, the oldest dropped. */
function compiled(schema: JsonObject): ValidateFunction {
  const content = canonicalJson(schema);
  const known = validators.get(content);
  if (known) return known;
  const validate = newAjv().compile(schema);
  for (const oldest of validators.keys()) {
    if (validators.size < MAX_COMPILED) break;
    validators.delete(oldest);
  }
  validators.set(content, validate);
  return validate;
}

function pointerOf({ instancePath, params }: ErrorObject): string {
  const { missingProperty } = params as { missingProperty?: string };
  if (missingProperty === undefined) return instancePath;
  return `${instancePath}/${missingProperty.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function isInSealed(params: Json, pointer: string): boolean {
  const steps = pointer.split('/');
  return steps.some((_, index) => isSealed(valueAt(params, steps.slice(0, index + 1).join('/'))));
}
