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
  const { schema, errors: broken } = parseJson(file, text);
  if (broken) return { errors: broken };
  if (document.errors.length > 0) return { errors: document.errors };
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
    return firstOfEach((ajv.errors ?? []).map((e) => ({ pointer: e.instancePath, detail: detailOf(e) })));
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

/** Of what the meta-schema's parts report of one place, the first. */
function firstOfEach(faults: readonly { pointer: string; detail: string }[]) {
  return faults.filter(({ pointer }, index) => faults.findIndex((f) => f.pointer === pointer) === index);
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

type Parsed = { schema: Json; errors?: never } | { schema?: never; errors: readonly PolicyError[] };

function parseJson(file: string, text: string): Parsed {
  try {
    return { schema: JSON.parse(text) as Json };
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    // The engine tells the place in its message, except at the end of the text.
    const [place, line, column] = / \(line (\d+) column (\d+)\)$/.exec(thrown.message) ?? [''];
    const lines = text.split('\n');
    const at = line
      ? { line: Number(line), column: Number(column) }
      : { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
    const why = thrown.message
      .slice(0, thrown.message.length - place.length)
      .replace(/( in JSON)?( at position \d+)?$/, '');
    return { errors: [{ file, ...at, path: '', message: `is not JSON: ${why}` }] };
  }
}
