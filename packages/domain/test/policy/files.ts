import { readFileSync } from 'node:fs';
import { formatPolicyError, loadPolicy, type Policy, schemaPathsOf } from '../../src/index.ts';

const POLICY_DIR = new URL('../../../../infra/policy/', import.meta.url);
const DOCS = new URL('../../../../docs/policy.md', import.meta.url);

export function exampleText(): string {
  return readFileSync(new URL('policy.yaml', POLICY_DIR), 'utf8');
}

/** The schema files that stand beside the example, for whatever a policy text names. */
export function schemasFor(text: string): Record<string, string> {
  return Object.fromEntries(
    schemaPathsOf(text).map((path) => [path, readFileSync(new URL(path, POLICY_DIR), 'utf8')]),
  );
}

export function guide(): string {
  return readFileSync(DOCS, 'utf8');
}

/** A policy that must be without fault. */
export function load(text: string, schemas: Record<string, string> = {}): Policy {
  const { policy, errors } = loadPolicy({ file: 'policy.yaml', text, schemas });
  if (!policy) throw new Error(errors.map(formatPolicyError).join('\n'));
  return policy;
}

/** Faults as `line:column path: message`. */
export function faults(text: string, schemas: Record<string, string> = {}): string[] {
  const { errors } = loadPolicy({ file: 'policy.yaml', text, schemas });
  return (errors ?? []).map(({ file, line, column, path, message }) => {
    const where = file === 'policy.yaml' ? '' : `${file} `;
    return `${where}${line}:${column} ${path}: ${message}`;
  });
}
