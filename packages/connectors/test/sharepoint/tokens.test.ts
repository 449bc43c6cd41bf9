import { describe, expect, test } from '@jest/globals';
import { callOf, resultOf } from '../support/calls.ts';
import { TENANT } from './double/world.ts';
import { bench, item, MINUTE } from './support.ts';

const here = bench();

describe('tokens', () => {
  test('are taken once for many calls, and anew five minutes before their end', async () => {
    const calls = ['a', 'b', 'c'].map((key) => callOf('create-list-item', item, { idempotencyKey: key }));
    (await Promise.all(calls.map((call) => here.connector.execute(call)))).map(resultOf);
    expect(here.microsoft.world.minted).toBe(1);
    here.microsoft.world.now += 55 * MINUTE - 1;
    resultOf(await here.connector.execute(callOf('create-list-item', item, { idempotencyKey: 'd' })));
    expect(here.microsoft.world.minted).toBe(1);
    here.microsoft.world.now += 1;
    resultOf(await here.connector.execute(callOf('create-list-item', item, { idempotencyKey: 'e' })));
    expect(here.microsoft.world.minted).toBe(2);
  });

  test('that are taken back are exchanged at the next try', async () => {
    resultOf(await here.connector.execute(callOf('create-list-item', item)));
    here.microsoft.world.tokens.clear();
    const again = callOf('create-list-item', item, { idempotencyKey: 'b' });
    expect(await here.connector.execute(again)).toMatchObject({ outcome: 'failed', transient: true });
    resultOf(await here.connector.execute(again));
    expect(here.microsoft.world.items).toHaveLength(2);
  });

  test('that do not come in time are not waited for', async () => {
    here.microsoft.faults.failAt(0, 'stall-before');
    const outcome = await here.connect({ timeoutMs: 150 }).execute(callOf('create-list-item', item));
    expect(outcome).toEqual({ outcome: 'failed', transient: true, error: 'no answer: the time was over' });
  });

  test('that are refused fail for good, without the secret', async () => {
    const wrong = here.connect({
      application: { tenantId: TENANT, clientId: 'app-1', clientSecret: 'sentinel-wrong' },
    });
    const outcome = await wrong.execute(callOf('create-list-item', item));
    expect(outcome).toMatchObject({
      outcome: 'failed',
      transient: false,
      error: expect.stringContaining('AADSTS7000215'),
    });
    expect(JSON.stringify([outcome, await wrong.health(AbortSignal.timeout(5000))])).not.toContain(
      'sentinel',
    );
  });
});
