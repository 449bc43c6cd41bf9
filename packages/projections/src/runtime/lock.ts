import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/**
 * One projector per folder: the lock is the operating system's, so that it goes with the process however that ends.
 * @param waitMs how long to wait for one that is about to leave
 * @returns how to leave
 * @throws Error when another projector is at work there
 */
export function lockFolder(path: string, waitMs: number): () => void {
  mkdirSync(path, { recursive: true });
  const db = new Database(join(path, 'lock'), { timeout: waitMs });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    throw new Error(`the views in ${path} are kept by another process: give each instance its own DATA_DIR`, {
      cause: error,
    });
  }
  return () => {
    db.close();
  };
}
