import { LedgerUnavailable, newId } from '@countersign/application';
import { afterEach, expect, test } from '@jest/globals';
import { as, human, made, openWorld, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

test('what happened to a request, whole or from a revision on', async () => {
  world = await openWorld();
  const { requestId } = made(await world.ask()).approval.request;
  await world.approve(requestId, 'bob');
  await world.ledger.execute({ type: 'CancelRequest', requestId }, as(human('mallory')));
  await world.approve(requestId, 'carol');
  const whole = await world.ledger.history(requestId);
  expect(whole.map(({ revision, event }) => [revision, event.type])).toEqual([
    [0, 'ApprovalRequested'],
    [1, 'ApprovalGranted'],
    [2, 'ApprovalGranted'],
    [3, 'StageCompleted'],
    [4, 'RequestApproved'],
  ]);
  expect(whole[1]?.event.data).toMatchObject({ by: { sub: 'bob' }, stage: 0 });
  expect(await world.ledger.history(requestId, 3)).toEqual(whole.slice(3));
  expect(await world.ledger.history(requestId, 5)).toEqual([]);
});

test('is empty where there is no request', async () => {
  world = await openWorld();
  expect(await world.ledger.history(newId())).toEqual([]);
  expect(await world.ledger.history('../policy')).toEqual([]);
});

test('is not to be had while the store does not answer', async () => {
  world = await openWorld();
  await world.store.close();
  await expect(world.ledger.history(newId())).rejects.toBeInstanceOf(LedgerUnavailable);
});
