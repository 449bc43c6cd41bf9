import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { Problem } from '../problems/problem.ts';
import { type BodyLimits, readText } from './body.ts';
import { faultsOf } from './faults.ts';

/** Deep enough for any parameters, and well below where canonical JSON and recursion end. */
const MAX_DEPTH = 100;

/**
 * Reads a JSON body and checks it against its schema. An empty body counts as `{}` where every field is optional.
 * @throws Problem `malformed_json` | `invalid_body` | what `readText` throws
 */
export async function readBody<S extends z.ZodObject>(
  req: IncomingMessage,
  limits: BodyLimits,
  schema: S,
): Promise<z.output<S>> {
  const text = await readText(req, limits);
  return checkBody(text === '' ? {} : parseJson(text), schema);
}

/** Checks what a body holds. @throws Problem `invalid_body` */
export function checkBody<S extends z.ZodObject>(value: unknown, schema: S): z.output<S> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw invalid('invalid_body', 'the body does not fit', read.error, schema);
}

/** Checks a query string's parameters. @throws Problem `invalid_query` */
export function readQuery<S extends z.ZodObject>(query: unknown, schema: S): z.output<S> {
  const read = schema.safeParse({ ...(query as object) });
  if (read.success) return read.data;
  throw invalid('invalid_query', 'the query does not fit', read.error, schema);
}

function invalid(
  code: 'invalid_body' | 'invalid_query',
  what: string,
  error: z.ZodError,
  schema: z.ZodObject,
): Problem {
  const errors = faultsOf(error, Object.keys(schema.shape));
  const summary = errors.map(({ pointer, detail }) => `${pointer || 'body'} ${detail}`).join('; ');
  return new Problem(code, `${what}: ${summary}`, { errors });
}

/** @throws Problem `malformed_json` | `invalid_body` for what nothing can be made of */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The engine's own message quotes the body, which may hold secrets.
    const at = /at position \d+/.exec((error as Error).message)?.[0];
    throw new Problem('malformed_json', `the body is not JSON${at ? `, ${at}` : ''}`);
  }
  const fault = unusable(value, 0);
  if (fault) throw new Problem('invalid_body', `the body holds ${fault}`);
  return value;
}

/** What JSON can write and nothing can be made of: it must not reach a hash, an object's prototype or the stack's end. */
function unusable(value: unknown, depth: number): string | null {
  if (typeof value === 'string')
    return value.isWellFormed() ? null : 'text that is not Unicode (a lone surrogate)';
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'a number that is too large';
  if (value === null || typeof value !== 'object') return null;
  if (depth >= MAX_DEPTH) return `more than ${MAX_DEPTH} levels`;
  if (Array.isArray(value)) {
    for (const item of value) {
      const fault = unusable(item, depth + 1);
      if (fault) return fault;
    }
    return null;
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__') return 'a member named __proto__';
    const fault = unusable(key, depth) ?? unusable((value as Record<string, unknown>)[key], depth + 1);
    if (fault) return fault;
  }
  return null;
}
