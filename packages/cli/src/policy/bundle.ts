import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PolicyBundle } from '@countersign/application';
import { schemaPathsOf } from '@countersign/domain';
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
