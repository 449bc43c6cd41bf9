import { LedgerUnavailable } from '@countersign/application';
import { describe, expect, test } from '@jest/globals';
import { admin, approved, loaded, reached, startWorld, taken, typesOf, until } from './world.ts';

describe('a dispatcher that stops', () => {
  test('gives the call under way its time, records what it came to, and begins no other', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add();
    const id = await approved(one, 'manual');
    world.outside.on('first', 'does it, and holds its answer');
    const dispatched = one.dispatcher.dispatch(id, admin);
    await until(() => world.outside.effects.length === 1);
    const stopped = one.dispatcher.stop();
    world.outside.release();
    await stopped;
    expect(await typesOf(one, id)).toEqual(['DispatchStarted', 'StepStarted', 'StepSucceeded']);
    // Whoever waited is told how it stands.
    expect(taken(await dispatched).approval.dispatch?.phase).toBe('running');
    await expect(one.dispatcher.dispatch(id, admin)).rejects.toThrow(LedgerUnavailable);
    const two = await world.add({ start: true });
    world.advance(30_000);
    await reached(two, id, 'Dispatched');
    expect(world.outside.effects.map(({ name }) => name)).toEqual(['first', 'second', 'third']);
    expect(world.outside.questions).toEqual([]);
  });

  test('leaves a call that does not end to the lease, and another one asks for it', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add({ limits: { callTimeoutMs: 500 } });
    const id = await approved(one, 'manual');
    world.outside.on('first', 'does it, and never answers');
    const dispatched = one.dispatcher.dispatch(id, admin);
    await until(() => world.outside.effects.length === 1);
    await one.dispatcher.stop();
    taken(await dispatched);
    expect(world.outside.questions).toEqual([]);
    expect((await loaded(one, id)).dispatch?.steps[0]?.status).toBe('started');
    const two = await world.add({ start: true });
    world.advance(30_000);
    await reached(two, id, 'Dispatched');
    expect(world.outside.effects.map(({ name }) => name)).toEqual(['first', 'second', 'third']);
    expect(world.outside.questions.length).toBe(1);
  });

  test('does not wait for the next try of a step', async () => {
    const world = await startWorld({ frozen: true });
    // Nor for as long as a call may take.
    const calls = { callTimeoutMs: 3_600_000, leaseMs: 7_200_000 };
    const one = await world.add({ limits: { retryMs: 20_000, maxRetryMs: 20_000, ...calls } });
    const id = await approved(one, 'manual');
    world.outside.on('first', { busyMs: 0 });
    const dispatched = one.dispatcher.dispatch(id, admin);
    await reached(one, id, 'StepFailed');
    await one.dispatcher.stop();
    taken(await dispatched);
    expect((await loaded(one, id)).dispatch?.steps[0]).toMatchObject({ status: 'retrying', tries: 1 });
    const two = await world.add({ start: true });
    world.advance(7_220_000);
    await reached(two, id, 'Dispatched');
    expect(world.outside.effects.length).toBe(3);
  });

  test('begins nothing that has come due', async () => {
    const world = await startWorld();
    const one = await world.add({ start: true });
    await one.dispatcher.stop();
    const id = await approved(one, 'auto');
    one.dispatcher.wake();
    const two = await world.add({ start: true });
    await reached(two, id, 'Dispatched');
    expect(one.signals).toEqual([]);
    expect((await loaded(two, id)).dispatch?.run?.instance).toBe('instance-1');
  });
});
