import { describe, expect, test } from '@jest/globals';
import {
  admin,
  approved,
  failingIf,
  loaded,
  reached,
  refusedBy,
  startWorld,
  typesOf,
  until,
} from './world.ts';

const DISPATCHED = [
  'DispatchStarted',
  ...['StepStarted', 'StepSucceeded', 'StepStarted', 'StepSucceeded', 'StepStarted', 'StepSucceeded'],
  'Dispatched',
];

describe('what begins by itself', () => {
  test('is begun once it is approved, in the name of the dispatcher', async () => {
    const world = await startWorld();
    const one = await world.add({ start: true });
    const id = await approved(one, 'auto');
    await reached(one, id, 'Dispatched');
    expect(await typesOf(one, id)).toEqual(DISPATCHED);
    expect((await loaded(one, id)).dispatch?.run?.by).toBe('dispatcher');
    expect(world.outside.effects.length).toBe(3);
    expect(one.signals.map(({ signal }) => signal).slice(0, 2)).toEqual(['claimed', 'started']);
  });

  test('was approved while nobody was there', async () => {
    const world = await startWorld();
    const id = await approved(await world.add(), 'auto');
    const two = await world.add({ start: true });
    await reached(two, id, 'Dispatched');
  });

  test('waits for its time, and begins then', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add({ start: true });
    const at = world.clock() + 3_600_000;
    const later = await approved(one, 'auto', { notBefore: new Date(at).toISOString() });
    const now = await approved(one, 'auto');
    await reached(one, now, 'Dispatched');
    expect(await typesOf(one, later)).toEqual([]);
    world.advance(3_600_000);
    await reached(one, later, 'Dispatched');
    expect(Date.parse((await loaded(one, later)).dispatch?.run?.startedAt ?? '')).toBe(at);
  });

  test('lapses instead where it is too late', async () => {
    const world = await startWorld({ frozen: true });
    const id = await approved(await world.add(), 'auto.brief');
    world.advance(60_000);
    const two = await world.add({ start: true });
    await reached(two, id, 'ApprovalLapsed');
    expect(await typesOf(two, id)).toEqual(['ApprovalLapsed']);
    expect(refusedBy(await two.dispatcher.dispatch(id, admin))).toBe('expired');
    expect(world.outside.requests).toEqual([]);
  });

  test('and failed is not begun again by itself', async () => {
    const world = await startWorld();
    const one = await world.add({ start: true });
    world.outside.on('first', 'refuses');
    const id = await approved(one, 'auto');
    await reached(one, id, 'DispatchFailed');
    const next = await approved(one, 'auto');
    await reached(one, next, 'Dispatched');
    one.dispatcher.wake();
    expect((await typesOf(one, id)).at(-1)).toBe('DispatchFailed');
  });

  test('is begun by one of two instances, whoever is first', async () => {
    const world = await startWorld();
    const one = await world.add({ start: true });
    const two = await world.add({ start: true });
    const ids: string[] = [];
    for (let count = 0; count < 16; count++) ids.push(await approved(one, 'auto'));
    for (const id of ids) await reached(one, id, 'Dispatched');
    for (const id of ids) expect(await typesOf(two, id)).toEqual(DISPATCHED);
    expect(world.outside.effects.length).toBe(3 * ids.length);
    expect(new Set(world.outside.effects.map(({ key }) => key)).size).toBe(3 * ids.length);
    const signals = [...one.signals, ...two.signals];
    expect(signals.filter(({ signal }) => signal === 'claimed').length).toBe(ids.length);
    expect(signals.filter(({ signal }) => signal === 'broken')).toEqual([]);
  });

  test('is begun as there is room, and not before', async () => {
    const world = await startWorld();
    const one = await world.add({ start: true, limits: { maxConcurrent: 2 } });
    world.outside.on('first', ...Array(2).fill('does it, and holds its answer'));
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) ids.push(await approved(one, 'auto'));
    await until(() => world.outside.effects.length === 2);
    const begun = async () =>
      (await Promise.all(ids.map((id) => typesOf(one, id)))).filter((all) => all.length > 0);
    expect((await begun()).length).toBe(2);
    world.outside.release();
    for (const id of ids) await reached(one, id, 'Dispatched');
    expect(world.outside.effects.length).toBe(15);
  });
});

describe('a dispatch under way', () => {
  test('is left alone while its lease lasts, and goes on in another instance when it is over', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add();
    const id = await approved(one, 'manual');
    world.outside.on('second', 'does it, and holds its answer');
    const dispatched = one.dispatcher.dispatch(id, admin);
    await until(() => world.outside.effects.length === 2);
    const two = await world.add({ start: true });
    world.advance(29_999);
    const other = await approved(one, 'auto');
    await reached(two, other, 'Dispatched');
    expect((await loaded(one, id)).dispatch?.run?.instance).toBe('instance-0');
    world.advance(1);
    await reached(two, id, 'Dispatched');
    expect((await loaded(one, id)).dispatch?.run?.instance).toBe('instance-1');
    // The first one learns of it when it hears what its call came to, and does nothing more.
    world.outside.release();
    const answer = await dispatched;
    expect(answer.ok && answer.approval.dispatch?.phase).toBe('done');
    expect(one.signals.filter(({ signal }) => signal === 'broken')).toEqual([]);
    expect(new Set(world.outside.requests.map(({ key }) => key)).size).toBe(world.outside.requests.length);
  });

  test('is not taken over by the instance that is at it', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add({ start: true });
    const id = await approved(one, 'auto');
    world.outside.on('first', 'does it, and holds its answer');
    await until(() => world.outside.effects.length === 1);
    world.advance(3_600_000);
    const other = await approved(one, 'auto');
    await reached(one, other, 'Dispatched');
    world.outside.release();
    await reached(one, id, 'Dispatched');
    expect(await typesOf(one, id)).toEqual(DISPATCHED);
  });

  test('whose instance could not put it on the record goes on after the lease, without a second call', async () => {
    const world = await startWorld({ frozen: true });
    let down = false;
    const one = await world.add({
      start: true,
      deadlineMs: 30,
      wrapStore: (store) => ({ ...store, append: failingIf(() => down, store) }),
    });
    const id = await approved(one, 'one');
    world.outside.on('first', 'does it, and holds its answer');
    const dispatched = one.dispatcher.dispatch(id, admin);
    await until(() => world.outside.effects.length === 1);
    down = true;
    world.outside.release();
    // Its own clock says that the lease is over: it gives up.
    world.advance(30_000);
    const answer = await dispatched;
    expect(answer.ok && answer.approval.dispatch?.phase).toBe('running');
    expect(one.signals.filter(({ signal }) => signal === 'broken').length).toBeGreaterThan(0);
    down = false;
    world.advance(1000);
    await reached(one, id, 'Dispatched');
    expect(await typesOf(one, id)).toEqual([
      ...['DispatchStarted', 'StepStarted', 'DispatchResumed', 'StepSucceeded', 'Dispatched'],
    ]);
    expect(world.outside.requests.length).toBe(1);
  });

  test('survives a store that does not answer for a while, with nothing done twice', async () => {
    const world = await startWorld();
    let down = 0;
    const one = await world.add({
      deadlineMs: 30,
      wrapStore: (store) => ({ ...store, append: failingIf(() => down-- > 0, store) }),
    });
    const id = await approved(one, 'manual');
    world.outside.on('first', 'does it, and holds its answer');
    const dispatched = one.dispatcher.dispatch(id, admin);
    await until(() => world.outside.effects.length === 1);
    down = 25;
    world.outside.release();
    const answer = await dispatched;
    expect(answer.ok && answer.approval.dispatch?.phase).toBe('done');
    expect(await typesOf(one, id)).toEqual(DISPATCHED);
    expect(world.outside.questions).toEqual([]);
  });
});

test('a view that cannot be read is told of, and looked at again', async () => {
  const world = await startWorld();
  let broken = true;
  const one = await world.add({
    start: true,
    wrapDeadlines: (deadlines) => ({
      ...deadlines,
      due: (...args) => {
        if (broken) throw new Error('disk I/O error');
        return deadlines.due(...args);
      },
    }),
  });
  const id = await approved(one, 'auto');
  await until(() => one.signals.some(({ signal }) => signal === 'broken'));
  broken = false;
  await reached(one, id, 'Dispatched');
});
