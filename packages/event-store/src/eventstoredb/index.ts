export type { DropReason, EventStoreDbOptions, EventStoreDbSignals } from './options.ts';
export { openEventStoreDb } from './store.ts';
