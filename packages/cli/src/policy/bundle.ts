import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PolicyBundle } from '@countersign/application';
import { formatPolicyError, loadPolicy, type PolicyError, schemaPathsOf } from '@countersign/domain';
import { CliError } from '../cli-error.ts';

/**
 * Reads a policy file and the schemas it names, which lie beside it. A schema that is not there is left out: the
 * policy's own check then says which line names it.
 * @throws CliError when a file cannot be read
 */
export async function readPolicyBundle(file: string): Promise<PolicyBundle> {
  const text = await read(file, 'policy');
  if (text === undefined) throw new CliError(`there is no policy at ${file}; POLICY_PATH says where it is`);
  const schemas: Record<string, string> = {};
  for (const path of schemaPathsOf(text)) {
    const schema = await read(join(dirname(file), path), 'schema');
    if (schema !== undefined) schemas[path] = schema;
  }
  return { file, text, schemas };
}

async function read(file: string, what: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CliError(`the ${what} ${file} cannot be read: ${(error as Error).message}`, undefined, {
      cause: error,
    });
  }
}

/** Reads the policy file. @throws CliError with every error, line by line, when it can't be used */
export async function readUsablePolicy(file: string): Promise<PolicyBundle> {
  const bundle = await readPolicyBundle(file);
  const { errors } = loadPolicy(bundle);
  if (!errors) return bundle;
  throw new CliError(`the policy cannot be used\n${linesOf(errors)}`);
}

export function linesOf(errors: readonly PolicyError[]): string {
  return errors.map((error) => `  ${formatPolicyError(error)}`).join('\n');
}
