import type { EventStoreDbOptions } from './eventstoredb/options.ts';
import { type EventStore, StoreError } from './port.ts';

export interface OpenStoreOptions {
  /** SQLite: how often a subscriber looks for events that other connections wrote, in milliseconds; default 20. */
  readonly watchMs?: number;
  /** SQLite: appends are refused, and no thread for them is started. */
  readonly readOnly?: boolean;
  readonly eventStoreDb?: EventStoreDbOptions;
}

/**
 * Opens the store that a URL names; only the adapter that is needed is loaded.
 * @param url `sqlite:<file>`, `sqlite::memory:` (a ledger that only this store sees), `esdb://…`, `esdb+discover://…`
 * @throws StoreError `refused` for any other text, or when the adapter refuses | `unavailable` when it cannot be opened now
 */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<EventStore> {
  if (url.startsWith('sqlite:')) {
    const { parseSqliteUrl } = await import('./sqlite/url.ts');
    const { openSqliteStore } = await import('./sqlite/store.ts');
    return openSqliteStore(parseSqliteUrl(url) ?? '', options);
  }
  if (/^esdb(\+discover)?:\/\//.test(url)) {
    const { openEventStoreDb } = await import('./eventstoredb/index.ts');
    return openEventStoreDb(url, options.eventStoreDb);
  }
  throw new StoreError(
    'refused',
    `no store is named by ${JSON.stringify(redacted(url))}: write sqlite:<file>, sqlite::memory: or esdb://<host>:<port>`,
  );
}

/** Connection strings may carry a password; error messages must not. */
function redacted(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//…@');
}
