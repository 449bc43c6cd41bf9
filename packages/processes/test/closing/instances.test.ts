import { describe, expect, test } from '@jest/globals';
import { decided, stands, startWorld, told, typesOf, until } from './world.ts';

describe('two instances', () => {
  test('without a leader make each call once between them', async () => {
    const world = await startWorld();
    const one = await world.add({ start: true });
    const two = await world.add({ start: true });
    const ids = await Promise.all(Array.from({ length: 24 }, () => decided(world, one)));
    for (const id of ids) await stands(two, id, 'succeeded');
    for (const id of ids) expect(await typesOf(one, id)).toEqual(['Started', 'Succeeded']);
    const { deliveries } = world.receiver;
    expect(deliveries.map(({ body }) => body.data.requestId).toSorted()).toEqual(ids.toSorted());
    const called = () => [...one.called, ...two.called].map(({ outcome }) => outcome);
    await until(() => called().length === ids.length);
    expect(called()).toEqual(ids.map(() => 'succeeded'));
    expect([...one.broken, ...two.broken]).toEqual([]);
  });

  test('leave each other alone while a lease lasts; whoever comes back too late has no say', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add({ start: true });
    world.receiver.on('takes it, and holds its answer');
    const id = await decided(world, one);
    await until(() => world.receiver.held === 1);
    const two = await world.add({ start: true });
    world.advance(29_999);
    const other = await decided(world, two);
    await stands(two, other, 'succeeded');
    expect(await typesOf(one, id)).toEqual(['Started']);
    world.advance(1);
    await stands(two, id, 'succeeded', 2);
    world.receiver.release();
    // The first one learns that it was replaced, and tells of nothing.
    await one.caller?.stop();
    expect(await typesOf(one, id)).toEqual(['Started', 'Started', 'Succeeded']);
    const instances = (await told(one, id)).map(({ data }) => ('instance' in data ? data.instance : null));
    expect(instances).toEqual(['instance-0', 'instance-1', null]);
    expect(one.called.filter(({ requestId }) => requestId === id)).toEqual([]);
    expect(world.receiver.effects.filter(({ body }) => body.data.requestId === id).length).toBe(1);
  });
});

describe('one instance', () => {
  test('makes so many calls at a time, and no more', async () => {
    const world = await startWorld();
    const one = await world.add({ start: true, limits: { maxConcurrent: 3 } });
    world.receiver.on(...Array(7).fill('takes it, and holds its answer'));
    const ids = await Promise.all(Array.from({ length: 7 }, () => decided(world, one)));
    await until(() => world.receiver.held === 3);
    await until(() => one.projections?.closings.depth() === 7);
    one.caller?.wake();
    const begun = async () => (await Promise.all(ids.map((id) => typesOf(one, id)))).flat();
    expect(await begun()).toEqual(['Started', 'Started', 'Started']);
    await until(() => {
      expect(world.receiver.held).toBeLessThanOrEqual(3);
      world.receiver.release();
      return world.receiver.effects.length === 7;
    });
    for (const id of ids) await stands(one, id, 'succeeded');
  });

  test('keeps room for others beside a receiver that holds all its answers', async () => {
    const world = await startWorld();
    const elsewhere = await startWorld();
    const hosts = [world, elsewhere].map(({ receiver }) => `"${receiver.host}"`).join(', ');
    const policy = `
version: 1
callbacks: { allow: [${hosts}] }
actions: { "report.*": { autoApprove: true } }
`;
    const ca = world.receiver.ca;
    const settings = { webhook: { ...world.webhook, ca } };
    const limits = { maxConcurrent: 4, maxPerReceiver: 3 };
    const one = await world.add({ start: true, limits, policy, settings });
    world.receiver.on(...Array(6).fill('takes it, and holds its answer'));
    const report = { action: 'report.daily' };
    const { ledger } = one;
    const context = {
      principal: { sub: 'ci', tenant: 'default', kind: 'machine', roles: ['requester'], groups: [] },
      via: 'api',
      correlationId: 'c',
    } as const;
    const ask = (callbackUrl: string) =>
      ledger.request({ ...report, params: {}, channel: 'guard', callbackUrl }, context);
    for (let n = 0; n < 6; n++) await ask(world.receiver.url);
    await until(() => world.receiver.held === 3);
    for (let n = 0; n < 5; n++) await ask(elsewhere.receiver.url);
    await until(() => elsewhere.receiver.effects.length === 5);
    expect(world.receiver.held).toBe(3);
    world.receiver.release();
    await until(() => world.receiver.held === 3);
    world.receiver.release();
    await until(() => world.receiver.effects.length === 6);
  });

  test('that stops finishes what is under way, and begins nothing more', async () => {
    const world = await startWorld();
    const one = await world.add({ start: true });
    world.receiver.on('takes it, and holds its answer');
    const id = await decided(world, one);
    await until(() => world.receiver.held === 1);
    let hasStopped = false;
    const stopped = one.caller?.stop().then(() => {
      hasStopped = true;
    });
    const late = await decided(world, one);
    await until(() => one.projections?.closings.depth() === 2);
    one.caller?.wake();
    expect(hasStopped).toBe(false);
    world.receiver.release();
    await stopped;
    expect(await typesOf(one, id)).toEqual(['Started', 'Succeeded']);
    expect(await typesOf(one, late)).toEqual([]);
  });
});
