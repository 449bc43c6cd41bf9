import { storeContract } from '../src/contract/index.ts';
import { openSqliteStore } from '../src/index.ts';
import { temporaryFolder } from './support.ts';

storeContract('SQLite in a file', async () => {
  const folder = await temporaryFolder();
  return { open: () => folder.open('ledger.db'), cleanup: folder.remove };
});

storeContract(
  'SQLite in memory',
  async () => {
    const store = await openSqliteStore(':memory:');
    return { open: async () => store, cleanup: async () => undefined };
  },
  { severalClients: false },
);
