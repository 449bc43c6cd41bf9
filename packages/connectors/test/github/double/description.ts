import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from '@jest/globals';

/**
 * GitHub's own description of its API, out of the npm package that carries it. Fetched once and kept beside the
 * installed packages, because the package is 385 MB and one file of it is needed; nobody who only runs the server
 * should have to wait for it.
 */
const PACKAGE = '@octokit/openapi@23.0.2';
const FILE = 'package/generated/api.github.com.json';
const KEPT = fileURLToPath(
  new URL('../../../../../node_modules/.cache/countersign/github-openapi-23.0.2.json', import.meta.url),
);
const TIMEOUT_MS = 120_000;

// biome-ignore lint/suspicious/noExplicitAny: a description is as deep and as mixed as it likes
export type Description = { paths: any; components: any };

/** Null where it could not be had; why was said. */
export const description: Description | null = read();

/** Suites that a double of GitHub stands behind. */
export const describeGitHub = description ? describe : describe.skip;

function read(): Description | null {
  try {
    if (!existsSync(KEPT)) fetchOnce();
    return JSON.parse(readFileSync(KEPT, 'utf8')) as Description;
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    process.stderr.write(`skipped: GitHub's API description, ${PACKAGE}, could not be had (${reason})\n`);
    return null;
  }
}

/** Several test files may come here at once: each fetches its own, and the last one's stays. */
function fetchOnce(): void {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-openapi-'));
  const options = { cwd: folder, encoding: 'utf8' as const, timeout: TIMEOUT_MS };
  try {
    const packed =
      execFileSync('npm', ['pack', PACKAGE, '--silent'], options).trim().split('\n').at(-1) ?? '';
    execFileSync('tar', ['-xzf', packed, FILE], options);
    mkdirSync(dirname(KEPT), { recursive: true });
    const whole = `${KEPT}.${process.pid}`;
    // Another file system, perhaps: first beside its place, then into it.
    execFileSync('cp', [join(folder, FILE), whole]);
    renameSync(whole, KEPT);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
