export * from './eventstoredb/index.ts';
export { type OpenStoreOptions, openStore } from './open.ts';
export * from './port.ts';
export { openSqliteStore, type SqliteOptions, type SqliteStats, type SqliteStore } from './sqlite/store.ts';
export { parseSqliteUrl } from './sqlite/url.ts';
