import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import { isLoopback } from '../config/loopback.ts';

/** What a development server leaves for the commands beside it: where it is, and who one can be. */
const DevFile = z.strictObject({
  /** Always on this machine: no file that lies about may lead tokens elsewhere. */
  url: z
    .url({ protocol: /^https?$/ })
    .refine((url) => isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, ''))),
  jwtSecret: z.string(),
  adminToken: z.string(),
  tokens: z.record(z.string(), z.string()),
});
export type DevFile = z.infer<typeof DevFile>;

export function devFilePath(dataDir: string): string {
  return join(dataDir, 'dev-tokens.json');
}

/** Readable by its owner only, from the first byte. */
export function writeDevFile(dataDir: string, content: DevFile): void {
  const file = devFilePath(dataDir);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(file, 0o600);
}

export function removeDevFile(dataDir: string): void {
  rmSync(devFilePath(dataDir), { force: true });
}

/** @returns undefined where no development server has left one */
export function readDevFile(dataDir: string): DevFile | undefined {
  const file = devFilePath(dataDir);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
    if ((statSync(file).mode & 0o077) !== 0)
      throw new Error('others may read or write it (mode 0600 is wanted)');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CliError(`${file} is not used: ${(error as Error).message}`, undefined, { cause: error });
  }
  try {
    return DevFile.parse(JSON.parse(text));
  } catch (error) {
    throw new CliError(
      `${file} is not what a development server writes; delete it and start the server again`,
      undefined,
      {
        cause: error,
      },
    );
  }
}
