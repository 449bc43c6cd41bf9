import type { Json, JsonObject } from '../canonical/json.ts';
import { parsePointer } from '../canonical/pointer.ts';
import { readDocument } from './document.ts';
import type { PolicyError } from './errors.ts';
import { detailOf, newAjv } from './params-schema.ts';

/**
 * A file that holds a JSON Schema (draft 2020-12): the schema, or what is wrong with it and where. What passes here
 * compiles.
 */
export function readSchema(
  file: string,
  text: string,
): { schema: JsonObject; errors?: never } | { schema?: never; errors: readonly PolicyError[] } {
  // YAML's flow style takes in JSON, so that the same reader knows where things stand.
  const document = readDocument(file, text);
  const schema = parseJson(text);
  if (schema === undefined || document.errors.length > 0) {
    return { errors: document.errors.length > 0 ? document.errors : [document.error([], 'is not JSON')] };
  }
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) {
    return { errors: [document.error([], 'must be a JSON Schema written as an object')] };
  }
  const errors = faultsOf(schema as JsonObject).map(({ pointer, detail }) =>
    document.error(stepsOf(schema, pointer), detail),
  );
  return errors.length > 0 ? { errors } : { schema: schema as JsonObject };
}

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

function faultsOf(schema: JsonObject): { pointer: string; detail: string }[] {
  if (schema.$schema !== undefined && schema.$schema !== DRAFT) {
    return [{ pointer: '/$schema', detail: `must be "${DRAFT}", or left out` }];
  }
  if (schema.$async !== undefined) return [{ pointer: '/$async', detail: 'is not possible here' }];
  const ajv = newAjv();
  if (!ajv.validateSchema(schema)) {
    return distinct((ajv.errors ?? []).map((e) => ({ pointer: e.instancePath, detail: detailOf(e) })));
  }
  try {
    ajv.compile(schema);
    return [];
  } catch (thrown) {
    // Throwing is how ajv reports a reference that leads nowhere and a keyword that it does not know.
    if (!(thrown instanceof Error)) throw thrown;
    return [{ pointer: '', detail: `does not compile: ${thrown.message}` }];
  }
}

/** The meta-schema's parts report the same place several times. */
function distinct<T extends { pointer: string; detail: string }>(faults: readonly T[]): T[] {
  return [...new Map(faults.map((fault) => [`${fault.pointer} ${fault.detail}`, fault])).values()];
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
