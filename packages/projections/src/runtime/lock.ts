import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { sqliteCode } from './sqlite-error.ts';

/** Another projector is at work in the folder: another process, or a thread that has not quite ended. */
export class FolderTaken extends Error {
  constructor(path: string, options: { cause: unknown }) {
    super(`the views in ${path} are kept by another process: give each instance its own DATA_DIR`, options);
    this.name = 'FolderTaken';
  }
}

/**
 * One projector per folder: the lock is the operating system's, so that it goes with the process however that ends.
 * @param waitMs how long to wait for one that is about to leave
 * @returns how to leave
 * @throws FolderTaken
 */
export function lockFolder(path: string, waitMs: number): () => void {
  mkdirSync(path, { recursive: true });
  const db = new Database(join(path, 'lock'), { timeout: waitMs });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!sqliteCode(error)?.startsWith('SQLITE_BUSY')) throw error;
    throw new FolderTaken(path, { cause: error });
  }
  return () => {
    db.close();
  };
}
