import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { callOf } from '../support/calls.ts';
import { carryOut } from '../support/dispatcher.ts';
import { FAULTS } from '../support/faults.ts';
import { type MicrosoftDouble, microsoftDouble } from './double/server.ts';
import { connectorTo, item } from './support.ts';

let microsoft: MicrosoftDouble;
beforeEach(async () => {
  microsoft = await microsoftDouble();
});
afterEach(async () => {
  await microsoft.close();
  expect(microsoft.objections).toEqual([]);
});

const OPERATIONS: [what: string, operation: string, input: object, requests: number][] = [
  ['a small file', 'upload-file', { driveId: 'b!x', path: 'Reports/may #1.txt', content: 'hello' }, 3],
  [
    'a large file',
    'upload-file',
    { driveId: 'b!x', path: 'Reports/big.bin', content: 'x'.repeat(4_200_000) },
    5,
  ],
  ['a list item', 'create-list-item', item, 2],
];

const connector = () => connectorTo(microsoft);

function sentNow(operation: string, input: object) {
  const sentFrom = new Date(microsoft.world.now - 1000).toISOString();
  return callOf(operation, input, { sentFrom, sentUntil: new Date(microsoft.world.now).toISOString() });
}

const pass = (ms: number): void => {
  microsoft.world.now += ms;
};

describe.each(OPERATIONS)('%s', (_, operation, input, requests) => {
  test(`takes ${requests} requests when nothing goes wrong`, async () => {
    expect(await carryOut(connector(), sentNow(operation, input))).toMatchObject({
      outcome: 'succeeded',
      tries: 1,
      asked: 0,
    });
    expect(microsoft.seen).toHaveLength(requests);
    expect(microsoft.effects()).toBe(1);
  });

  // The request for the token, the first, is nobody's own, and ends by its own time: tried below.
  test.each(FAULTS)('comes to one effect when any of its requests ends in %s', async (fault) => {
    for (let index = fault.startsWith('stall') ? 1 : 0; index < requests; index++) {
      await microsoft.close();
      microsoft = await microsoftDouble();
      let ending = new AbortController();
      microsoft.faults.failAt(index, fault, () => ending.abort());
      const carried = await carryOut(connector(), sentNow(operation, input), pass, () => {
        ending = new AbortController();
        return ending.signal;
      });
      expect([index, carried.outcome, carried.error]).toEqual([index, 'succeeded', undefined]);
      expect([index, microsoft.effects()]).toEqual([index, 1]);
      // Only what may have had the effect is asked for.
      if (index < requests - 1) expect([index, carried.asked]).toEqual([index, 0]);
      expect(microsoft.objections).toEqual([]);
    }
  });

  test.each(FAULTS)('and when the question for it ends in %s too', async (fault) => {
    let ending = new AbortController();
    microsoft.faults.failAt(requests - 1, 'reset-after');
    microsoft.faults.failAt(requests, fault, () => ending.abort());
    const carried = await carryOut(connector(), sentNow(operation, input), pass, () => {
      ending = new AbortController();
      return ending.signal;
    });
    expect(carried).toMatchObject({ outcome: 'succeeded', tries: 1, asked: 2 });
    expect(microsoft.effects()).toBe(1);
  });
});

describe('a large file', () => {
  test('that is given up in the middle leaves no half of it behind', async () => {
    microsoft.faults.failAt(3, 'reset-after');
    const input = { driveId: 'b!x', path: 'big.bin', content: 'x'.repeat(4_200_000) };
    const outcome = await connector().execute(sentNow('upload-file', input));
    expect(outcome).toMatchObject({ outcome: 'failed', transient: true });
    expect(microsoft.world.abandoned).toBe(1);
    expect(microsoft.world.uploads.size).toBe(0);
  });
});
