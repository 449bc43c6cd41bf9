import { describe } from '@jest/globals';
import { appendCases } from './appending.ts';
import { closeCases } from './closing.ts';
import { concurrencyCases } from './concurrency.ts';
import { type ContractOptions, type Ledger, useLedger } from './ledger.ts';
import { readCases } from './reading.ts';
import { subscribeCases } from './subscribing.ts';

export { type Follower, follow } from './follower.ts';
export { type ContractOptions, event, events, ids, type Ledger, readAll } from './ledger.ts';

/**
 * Registers, with jest, the cases that every store must pass. Each case gets a fresh ledger.
 * @param name of the store, in the output
 * @param create makes a ledger, empty unless `options.emptyLog` is false
 */
export function storeContract(
  name: string,
  create: () => Promise<Ledger>,
  options: ContractOptions = {},
): void {
  describe(`${name} keeps the contract of a store:`, () => {
    const bench = useLedger(create, options);
    appendCases(bench);
    readCases(bench, options);
    concurrencyCases(bench);
    subscribeCases(bench);
    closeCases(bench);
  });
}
