import { Ajv, type ValidateFunction } from 'ajv';
import { description } from './description.ts';

/** GitHub's own description of its API, as a judge of what is asked and of what a double answers. */

// biome-ignore lint/suspicious/noExplicitAny: a description is as deep and as mixed as it likes
type Node = any;

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly node: Node;
}

export interface Asked {
  /** Method and path as the description has them, such as `POST /repos/{owner}/{repo}/issues`. */
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

const operations: readonly Operation[] = Object.entries<Node>(description?.paths ?? {}).flatMap(
  ([path, methods]) => {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    const pattern = new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '([^/]+)')}$`);
    return Object.entries(methods).map(([method, node]) => ({
      method: method.toUpperCase(),
      path,
      pattern,
      names,
      node,
    }));
  },
);

/**
 * What a request asks for by the description.
 * @throws Error saying what about it the description doesn't know
 */
export function judgeRequest(method: string, target: string, text: string): Asked {
  const url = new URL(target, 'http://github.invalid');
  const found = operations
    .filter((one) => one.method === method && one.pattern.test(url.pathname))
    .sort((a, b) => a.names.length - b.names.length)[0];
  if (!found) throw new Error(`no such operation: ${method} ${url.pathname}`);
  const values = found.pattern.exec(url.pathname)?.slice(1).map(decodeURIComponent) ?? [];
  const params = Object.fromEntries(found.names.map((name, index) => [name, values[index] ?? '']));
  const query = Object.fromEntries(url.searchParams);
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  judgeParameters(found, params, query);
  judgeBody(found, text, body);
  return { route: `${method} ${found.path}`, params, query, body };
}

/**
 * Whether an answer is one that the description allows.
 * @throws Error saying what it doesn't
 */
export function judgeAnswer(route: string, status: number, body: unknown): void {
  const answer = resolved(operationOf(route).node.responses?.[status]);
  if (!answer) throw new Error(`${route} has no answer ${status}`);
  const schema = answer.content?.['application/json']?.schema;
  if (schema) check(schema, body, `answer ${status} to ${route}`);
}

/** The example answer of an operation, to be changed at will. */
export function exampleOf(route: string, status: number): Node {
  const examples = resolved(operationOf(route).node.responses?.[status])?.content?.['application/json']
    ?.examples;
  const example = resolved(Object.values(examples ?? {})[0]);
  if (!example) throw new Error(`${route} has no example of ${status}`);
  return structuredClone(example.value);
}

function operationOf(route: string): Operation {
  const found = operations.find(({ method, path }) => `${method} ${path}` === route);
  if (!found) throw new Error(`no such operation: ${route}`);
  return found;
}

function judgeParameters(
  { path, node }: Operation,
  params: Readonly<Record<string, string>>,
  query: Readonly<Record<string, string>>,
): void {
  const known = Object.values(node.parameters ?? {}).map((one) => resolved(one) as Node);
  for (const parameter of known) {
    const { name, in: place, required, schema } = parameter as unknown as Record<string, string & Node>;
    const value = place === 'path' ? params[`${name}`] : query[`${name}`];
    if (value === undefined && required && place !== 'header') throw new Error(`${path} lacks ${name}`);
    // A range, as the description's own words have it, and not the one time that its format says.
    const plain = name === 'created' ? value?.replace(/^>=/, '') : value;
    if (plain !== undefined) check(schema as Node, plain, `${name} of ${path}`, true);
  }
  const names = known.map((parameter) => String(parameter.name));
  const stray = Object.keys(query).find((name) => !names.includes(name));
  if (stray) throw new Error(`${path} has no parameter ${stray}`);
}

function judgeBody({ path, node }: Operation, text: string, body: Record<string, unknown>): void {
  const content = resolved(node.requestBody)?.content?.['application/json'];
  if (!content?.schema) {
    if (text !== '') throw new Error(`${path} takes no body`);
    return;
  }
  check(content.schema, body, `body of ${path}`);
  const shapes = [content.schema, ...Object.values(content.schema.anyOf ?? {})].map((one) => resolved(one));
  const names = shapes.flatMap((shape) => Object.keys(shape?.properties ?? {}));
  const stray = Object.keys(body).find((name) => !names.includes(name));
  if (stray) throw new Error(`the body of ${path} has no member ${stray}`);
}

function resolved(node: Node | undefined): Node | undefined {
  if (node?.$ref === undefined) return node;
  const steps = node.$ref.slice(2).split('/');
  return steps.reduce((at: Node, step: string) => at?.[step], description ?? {});
}

const ajv = new Ajv({ strict: false, logger: false, allErrors: false });
const lenient = new Ajv({ strict: false, logger: false, coerceTypes: true });
for (const judge of [ajv, lenient]) {
  judge.addFormat('date-time', (text: string) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text),
  );
  judge.addFormat('uri', (text: string) => URL.canParse(text));
}
const compiled = new Map<Node, ValidateFunction>();

function check(schema: Node, value: unknown, what: string, coerce = false): void {
  const validate = compiled.get(schema) ?? (coerce ? lenient : ajv).compile(selfContained(schema));
  compiled.set(schema, validate);
  if (validate(value)) return;
  const [error] = validate.errors ?? [];
  throw new Error(`${what}: ${error?.instancePath} ${error?.message} ${JSON.stringify(error?.params)}`);
}

/** OpenAPI 3.0 → JSON Schema, with every component it refers to. */
function selfContained(schema: Node): object {
  const definitions: Record<string, unknown> = {};
  const convert = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(convert);
    if (node === null || typeof node !== 'object') return node;
    const { $ref, nullable, example, ...rest } = node as Record<string, unknown>;
    if (typeof $ref === 'string') {
      const name = $ref.replace('#/components/schemas/', '');
      if (!(name in definitions)) {
        definitions[name] = true;
        definitions[name] = convert(resolved(node as Node));
      }
      return { $ref: `#/definitions/${name}` };
    }
    const plain = Object.fromEntries(Object.entries(rest).map(([key, member]) => [key, convert(member)]));
    return nullable === true ? { anyOf: [{ type: 'null' }, plain] } : plain;
  };
  const root = convert(schema) as object;
  return { ...root, definitions };
}
