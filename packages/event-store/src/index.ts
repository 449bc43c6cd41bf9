// The function that opens this store is in `@countersign/event-store/eventstoredb`, so that its libraries are loaded only where it is used.
export type { EventStoreDbOptions, EventStoreDbSignals } from './eventstoredb/index.ts';
export { type OpenStoreOptions, openStore } from './open.ts';
export * from './port.ts';
export { openSqliteStore, type SqliteOptions, type SqliteStats, type SqliteStore } from './sqlite/store.ts';
export { parseSqliteUrl } from './sqlite/url.ts';
