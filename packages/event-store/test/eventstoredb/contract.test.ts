import { storeContract } from '../../src/contract/index.ts';
import { openEventStoreDb } from '../../src/index.ts';
import { startDouble } from './double/server.ts';

for (const appendPath of ['plain', 'batch'] as const) {
  storeContract(`EventStoreDB (a double of it, ${appendPath} appends)`, async () => {
    const double = await startDouble();
    return {
      open: async () => openEventStoreDb(double.connectionString, { appendPath }),
      cleanup: () => double.stop(),
    };
  });
}
