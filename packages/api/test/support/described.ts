import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { openApiDocument, PROBLEMS, type ProblemCode, routes } from '../../src/index.ts';

type Operation = { responses: Record<string, { content?: Record<string, unknown>; description: string }> };

export const document = openApiDocument(routes) as { paths: Record<string, Record<string, Operation>> };

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(document, 'api');
const validators = new Map<string, ValidateFunction>();

/** What can be told of any path, described or not. */
const ANYWHERE: readonly ProblemCode[] = ['unknown_route', 'method_not_allowed', 'malformed_url'];

/** Fails a test whose answer is not one that the description promises. */
export function checkAnswer(
  method: string,
  path: string,
  { status, body }: { status: number; body: unknown },
  contentType: string,
): void {
  const described = operationAt(method, path);
  if (!described) {
    if (method === 'HEAD') return;
    const { code } = body as { code: ProblemCode };
    if (ANYWHERE.includes(code)) return;
    throw new Error(`${method} ${path} is not described, and answered ${status}`);
  }
  const { template, operation } = described;
  const response = operation.responses[status];
  if (!response) throw new Error(`${method} ${template} describes no ${status}: ${JSON.stringify(body)}`);
  const type = contentType.split(';')[0] ?? '';
  if (!type) return;
  if (!Object.hasOwn(response.content ?? {}, type)) {
    throw new Error(`${method} ${template} ${status} describes no ${type}`);
  }
  if (type === 'application/problem+json') checkProblem(method, template, response.description, body);
  if (!type.endsWith('json')) return;
  const pointer = [
    'paths',
    template,
    method.toLowerCase(),
    'responses',
    String(status),
    'content',
    type,
    'schema',
  ];
  const validate = validatorAt(pointer);
  if (!validate(body)) {
    throw new Error(
      `${method} ${template} ${status}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(body)}`,
    );
  }
}

/** A problem is one of those that the operation names, with the status of the one table. */
function checkProblem(method: string, template: string, description: string, body: unknown): void {
  const { code, status, title } = body as { code: ProblemCode; status: number; title: string };
  if (!description.split(', ').includes(code)) throw new Error(`${method} ${template} does not name ${code}`);
  if (PROBLEMS[code].status !== status || PROBLEMS[code].title !== title) {
    throw new Error(`${code} is not answered as the table says`);
  }
}

function operationAt(method: string, path: string): { template: string; operation: Operation } | undefined {
  const bare = path.split('?')[0] ?? '';
  for (const [template, operations] of Object.entries(document.paths)) {
    const pattern = new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);
    const operation = operations[method.toLowerCase()];
    if (operation && pattern.test(bare)) return { template, operation };
  }
  return undefined;
}

function validatorAt(tokens: readonly string[]): ValidateFunction {
  const pointer = tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  const known = validators.get(pointer) ?? ajv.compile({ $ref: `api#${encodeURI(pointer)}` });
  validators.set(pointer, known);
  return known;
}
