import { describe, expect, test } from '@jest/globals';
import { callOf, resultOf } from '../support/calls.ts';
import { bench, item, MINUTE } from './support.ts';

const here = bench();

describe('create-list-item', () => {
  test('creates it with its key, and tells where it is', async () => {
    expect(resultOf(await here.connector.execute(callOf('create-list-item', item)))).toEqual({
      id: '1',
      url: 'https://contoso.example/Lists/Deploys/1_.000',
    });
    expect(here.microsoft.world.items[0]?.fields).toEqual({
      Title: 'Deploy',
      Count: 2,
      CountersignKey: 'appr1-step1',
    });
  });

  test('is found by its key, though an empty page comes first', async () => {
    await here.connector.execute(callOf('create-list-item', item, { idempotencyKey: 'appr1-step12' }));
    const result = resultOf(await here.connector.execute(callOf('create-list-item', item)));
    here.microsoft.world.emptyPageFirst = true;
    expect(await here.connector.reconcile(here.sent(0, 'create-list-item', item))).toEqual({
      found: 'done',
      result,
    });
  });

  test('is not done once nothing can be on its way, where the column has an index', async () => {
    expect(await here.connector.reconcile(here.sent(1, 'create-list-item', item))).toMatchObject({
      found: 'ask_again',
      retryAfterMs: MINUTE,
    });
    expect(await here.connector.reconcile(here.sent(2, 'create-list-item', item))).toEqual({
      found: 'not_done',
    });
  });

  test.each([
    ['is not indexed', { name: 'CountersignKey', indexed: false, enforceUniqueValues: false }],
    ['is not there', undefined],
  ])("can't be told to be missing where the column %s", async (why, column) => {
    await here.connector.execute(callOf('create-list-item', item));
    here.microsoft.world.column = column;
    here.microsoft.world.blindFilter = true;
    expect(await here.connector.reconcile(here.sent(5, 'create-list-item', item))).toEqual({
      found: 'cannot_tell',
      why: expect.stringContaining(why),
    });
  });

  test('a second one that the column of unique values refuses is the first', async () => {
    here.microsoft.world.column = { name: 'CountersignKey', indexed: true, enforceUniqueValues: true };
    const first = resultOf(await here.connector.execute(callOf('create-list-item', item)));
    expect(resultOf(await here.connector.execute(callOf('create-list-item', item)))).toEqual(first);
    expect(here.microsoft.world.items).toHaveLength(1);
  });

  test('a list without the column, or a column of the input, fails for good', async () => {
    const wrong = await here.connector.execute(
      callOf('create-list-item', { ...item, fields: { Color: 'red' } }),
    );
    expect(wrong).toEqual({
      outcome: 'failed',
      transient: false,
      error: 'Graph answered 400 invalidRequest: invalidRequest.',
    });
    here.microsoft.world.column = undefined;
    expect(await here.connector.execute(callOf('create-list-item', item))).toMatchObject({
      outcome: 'failed',
      transient: false,
    });
    expect(here.microsoft.world.items).toHaveLength(0);
  });
});
