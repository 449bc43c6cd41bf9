import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateSecret } from '@countersign/application';
import { CliError } from '../cli-error.ts';

/** What stands in for `SECRETS_KEY` where it is unset: made once, kept in `DATA_DIR`, so that wait tokens outlive a restart. */
export function ownSecretsKey(dataDir: string): string {
  const file = join(dataDir, 'secrets.key');
  return readKey(file) ?? makeKey(file, dataDir);
}

function readKey(file: string): string | undefined {
  let key: string;
  try {
    key = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CliError(`${file} cannot be read: ${(error as Error).message}`, undefined, { cause: error });
  }
  if (key !== '') return key;
  throw new CliError(
    `${file} is empty; delete it to have a new key made (wait tokens given out so far are then void)`,
  );
}

/** Whole or not at all: linked into place once written; of two servers that start at once, the first one's counts. */
function makeKey(file: string, dataDir: string): string {
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(draft, `${generateSecret()}\n`, { mode: 0o600 });
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new CliError(`${file} cannot be made: ${(error as Error).message}`, undefined, { cause: error });
    }
  } finally {
    rmSync(draft, { force: true });
  }
  const key = readKey(file);
  if (key === undefined) throw new CliError(`${file} vanished while it was made`);
  return key;
}
