import type { JsonObject } from '../canonical/json.ts';
import { checkPolicy, type Report } from './checks/index.ts';
import { type PolicyDocument, readDocument } from './document.ts';
import { inFileOrder, type PolicyError } from './errors.ts';
import { policyHash } from './hash.ts';
import { PolicyShape } from './model.ts';
import type { Policy } from './policy.ts';
import { resolvePolicy } from './resolve.ts';
import { readSchema } from './schema-file.ts';
import { isSchemaPath } from './schema-path.ts';
import { shapeFaults, valueAtPath } from './shape.ts';

export interface PolicySource {
  /** How errors name the file. */
  readonly file: string;
  readonly text: string;
  /** Texts of exactly the files that `schemaPathsOf` asks for: path as written → text. The hash covers all of them. */
  readonly schemas: Readonly<Record<string, string>>;
}

export type LoadedPolicy =
  | { readonly policy: Policy; readonly errors?: never }
  | { readonly policy?: never; readonly errors: readonly PolicyError[] };

/** A policy ready for use, or everything that is wrong with it, in the order of the file. Never throws. */
export function loadPolicy({ file, text, schemas }: PolicySource): LoadedPolicy {
  const document = readDocument(file, text);
  const errors = [...document.errors];
  const report: Report = (path, message, at) => errors.push(document.error(path, message, at));
  const shape = document.value === undefined ? null : readShape(document.value, report);
  if (shape) checkPolicy(shape, report);
  const named = readSchemas(document, schemas, errors);
  if (!shape || errors.length > 0) return { errors: inFileOrder(errors) };
  const hash = policyHash(text, schemas);
  return { policy: resolvePolicy(shape, { hash, file, text, schemas, parsedSchemas: named }) };
}

/** Paths of the schema files that a policy names, relative to it; none of them leads out of its directory. */
export function schemaPathsOf(text: string): string[] {
  const named = schemasNamed(readDocument('', text).value);
  return [...new Set(named.map(({ path }) => path))].toSorted();
}

/**
 * The file's shape. Where something is wrong, that is reported, and the parts that are not affected are given back,
 * so that they can be checked in the same run; null when there are none.
 */
function readShape(value: unknown, report: Report): PolicyShape | null {
  const whole = PolicyShape.safeParse(value);
  if (whole.success) return whole.data;
  const faults = shapeFaults(whole.error.issues, value);
  for (const { path, message, at } of faults) report(path, message, at);
  const rest = structuredClone(value);
  for (const { path } of faults) {
    const [section, name] = path;
    if (path.length > 1 && section === 'actions') removeKey(valueAtPath(rest, ['actions']), name);
    else removeKey(rest, section === 'actions' ? undefined : unknownSection(section));
  }
  const unaffected = PolicyShape.safeParse(rest);
  return unaffected.success ? unaffected.data : null;
}

/** Only a key that means nothing can be left out without changing what the rest means. */
function unknownSection(section: string | number | undefined): string | undefined {
  return typeof section === 'string' && !Object.hasOwn(PolicyShape.shape, section) ? section : undefined;
}

function removeKey(mapping: unknown, key: string | number | undefined): void {
  if (key !== undefined && mapping !== null && typeof mapping === 'object') {
    delete (mapping as Record<string | number, unknown>)[key];
  }
}

/** Reads what the policy names; what is missing or wrong is added to the errors. */
function readSchemas(
  document: PolicyDocument,
  texts: PolicySource['schemas'],
  errors: PolicyError[],
): Map<string, JsonObject> {
  const read = new Map<string, JsonObject>();
  const seen = new Set<string>();
  for (const { path, action } of schemasNamed(document.value)) {
    const text = Object.hasOwn(texts, path) ? texts[path] : undefined;
    if (text === undefined) {
      const where = ['actions', action, 'overrides', 'schema'];
      errors.push(document.error(where, `there is no readable file "${path}" beside the policy`));
    } else if (!seen.has(path)) {
      seen.add(path);
      const { schema, errors: faults } = readSchema(path, text);
      if (schema) read.set(path, schema);
      else errors.push(...faults);
    }
  }
  return read;
}

function schemasNamed(value: unknown): { path: string; action: string }[] {
  const actions = valueAtPath(value, ['actions']);
  if (actions === null || typeof actions !== 'object') return [];
  return Object.keys(actions).flatMap((action) => {
    const path = valueAtPath(actions, [action, 'overrides', 'schema']);
    return typeof path === 'string' && isSchemaPath(path) ? [{ path, action }] : [];
  });
}
