import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, openStore, StoreError } from '@countersign/event-store';
import { startDouble } from '../../../event-store/test/eventstoredb/double/server.ts';

/** Two instances' own connections to one ledger. */
export interface Instances {
  readonly stores: readonly [EventStore, EventStore];
  close(): Promise<void>;
}

async function open(url: string, cleanUp: () => void | Promise<void>): Promise<Instances> {
  const stores = [await openStore(url), await openStore(url)] as const;
  return {
    stores,
    async close() {
      await Promise.all(stores.map((store) => store.close()));
      await cleanUp();
    },
  };
}

/** Every store there is, opened twice. */
export const STORES: readonly [name: string, start: () => Promise<Instances>][] = [
  [
    'SQLite',
    () => {
      const dir = mkdtempSync(join(tmpdir(), 'slack-'));
      return open(`sqlite:${join(dir, 'ledger.db')}`, () => rmSync(dir, { recursive: true }));
    },
  ],
  [
    "EventStoreDB's protocol",
    async () => {
      const double = await startDouble();
      return open(double.connectionString, () => double.stop());
    },
  ],
];

/** The store, whose next answers to an append are spoiled in these ways. */
export function spoiling(store: EventStore, ...spoils: ('lost' | 'down')[]): EventStore {
  return {
    ...store,
    readStream: (...args) => store.readStream(...args),
    async append(...args) {
      const spoil = spoils.shift();
      if (spoil === 'down') throw new StoreError('unavailable', 'down');
      const result = await store.append(...args);
      if (spoil === 'lost') throw new StoreError('unknown_outcome', 'the answer was lost');
      return result;
    },
  };
}
