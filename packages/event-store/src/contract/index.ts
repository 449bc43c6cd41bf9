import { describe, expect, test } from '@jest/globals';
import { START } from '../port.ts';
import { appendCases } from './appending.ts';
import { closeCases } from './closing.ts';
import { concurrencyCases } from './concurrency.ts';
import { type ContractOptions, type Ledger, useLedger } from './ledger.ts';
import { readCases } from './reading.ts';
import { subscribeCases } from './subscribing.ts';

export { type Follower, follow } from './follower.ts';
export { type ContractOptions, event, events, ids, type Ledger, readAll } from './ledger.ts';

/**
 * Registers, with jest, the cases that every store must pass.
 * @param name of the store, in the output
 * @param create makes a ledger, empty unless `options.emptyLog` is false; called once for most cases together
 */
export function storeContract(
  name: string,
  create: () => Promise<Ledger>,
  options: ContractOptions = {},
): void {
  describe(`${name} keeps the contract of a store:`, () => {
    describe('every case in one log:', () => {
      const bench = useLedger(create, options);
      appendCases(bench);
      readCases(bench);
      concurrencyCases(bench);
      subscribeCases(bench);
    });
    describe('close', () => {
      closeCases(create);
    });
    const emptyCase = options.emptyLog === false ? test.skip : test;
    emptyCase('an empty log begins and ends at START', () => emptyLog(create));
  });
}

async function emptyLog(create: () => Promise<Ledger>): Promise<void> {
  const ledger = await create();
  const store = await ledger.open();
  try {
    expect(await store.head()).toBe(START);
    expect(await store.readLog(START, 10)).toEqual({ events: [], position: START, end: true });
  } finally {
    await store.close();
    await ledger.cleanup();
  }
}
