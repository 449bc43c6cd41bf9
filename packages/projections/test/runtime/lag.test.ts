import { afterEach, expect, test } from '@jest/globals';
import { createLag } from '../../src/runtime/lag.ts';
import { randomLedger } from '../support/generate.ts';
import { append, cleanUp, eventually, memoryStore } from '../support/ledger.ts';

afterEach(cleanUp);

test('counts the events between a place and the end of the log, once it has looked', async () => {
  const { store } = await memoryStore();
  const { steps } = randomLedger(1, 5);
  const last = await append(store, steps);
  const lag = createLag(store);
  expect(lag.behind('')).toBe(0);
  lag.refresh();
  await eventually('it knows', () => lag.behind('') === steps.length);
  expect(lag.behind(last)).toBe(0);
});
