import { expect, test } from '@jest/globals';
import { startChild } from './children.ts';
import { admin, approved, loaded, startWorld, typesOf, until } from './world.ts';

test('of 64 dispatches of one approval at once, in two processes, one wins', async () => {
  const world = await startWorld();
  const asker = await world.add();
  const requestId = await approved(asker, 'one');
  // The winner is at it until all others are answered.
  world.outside.on('first', ...Array(64).fill('does it, and holds its answer'));
  const dispatch = { requestId, times: 32, context: admin };
  const children = ['left', 'right'].map((name) =>
    startChild({ dir: world.dir, outside: world.outside.url, name, aheadMs: 0, dispatch }),
  );
  await Promise.all(children.map(({ ready }) => ready));
  for (const child of children) child.go();
  const outcomes = () => children.flatMap((child) => child.outcomes);
  await until(() => outcomes().length === 63, '63 refusals');
  expect(outcomes()).toEqual(Array(63).fill('already_dispatching'));
  await until(() => world.outside.effects.length === 1);
  world.outside.release();
  expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0]);
  expect(outcomes().toSorted()).toEqual([...Array(63).fill('already_dispatching'), 'ok']);
  expect(world.outside.requests.length).toBe(1);
  expect(await typesOf(asker, requestId)).toEqual([
    ...['DispatchStarted', 'StepStarted', 'StepSucceeded', 'Dispatched'],
  ]);
  const { run } = (await loaded(asker, requestId)).dispatch ?? {};
  expect(['left', 'right']).toContain(run?.instance);
});
