import { storeContract } from '../../src/contract/index.ts';
import { openEventStoreDb } from '../../src/eventstoredb/index.ts';
import { startDouble } from './double/server.ts';

storeContract('EventStoreDB (a double of it)', async () => {
  const double = await startDouble();
  return {
    open: async () => openEventStoreDb(double.connectionString),
    cleanup: () => double.stop(),
  };
});
