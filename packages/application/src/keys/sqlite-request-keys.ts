import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { RequestKeys } from './request-keys.ts';

/**
 * Keys in a SQLite file of their own, readable by its owner only. A destroyed key leaves an empty row, so that it
 * is never made anew, and its bytes are overwritten (`secure_delete`), in the write-ahead log too.
 */
export function openSqliteRequestKeys(file: string): RequestKeys {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('secure_delete = ON');
  db.pragma('busy_timeout = 5000');
  if (file !== ':memory:') chmodSync(file, 0o600);
  db.exec('CREATE TABLE IF NOT EXISTS request_keys (request_id TEXT PRIMARY KEY, key BLOB) WITHOUT ROWID');
  const select = db.prepare<[string], { key: Buffer | null }>(
    'SELECT key FROM request_keys WHERE request_id = ?',
  );
  const insert = db.prepare(
    'INSERT INTO request_keys (request_id, key) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  const erase = db.prepare(
    'INSERT INTO request_keys (request_id, key) VALUES (?, NULL) ON CONFLICT (request_id) DO UPDATE SET key = NULL',
  );
  const read = (requestId: string) => select.get(requestId)?.key ?? null;
  return {
    get: async (requestId) => read(requestId),
    async getOrCreate(requestId) {
      const known = read(requestId);
      if (known) return known;
      insert.run(requestId, randomBytes(32));
      // Another instance may have been first; what is stored counts.
      const stored = read(requestId);
      if (!stored) throw new Error(`the key of request ${requestId} was destroyed`);
      return stored;
    },
    async destroy(requestId) {
      erase.run(requestId);
      db.pragma('wal_checkpoint(TRUNCATE)');
    },
    async close() {
      db.close();
    },
  };
}
