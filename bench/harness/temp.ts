import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TempDir {
  readonly path: string;
  remove(): void;
}

/** A folder under TMPDIR, so that the disk measured can be chosen. */
export function makeTempDir(purpose: string): TempDir {
  const path = mkdtempSync(join(tmpdir(), `countersign-bench-${purpose}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
