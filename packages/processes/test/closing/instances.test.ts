import { describe, expect, test } from '@jest/globals';
import { asked, decided, stands, startWorld, told, typesOf, until, type World } from './world.ts';

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

  describe('keeps room for others beside a receiver that holds all its answers', () => {
    async function startBoth() {
      const [slow, quick] = [await startWorld(), await startWorld()];
      const hosts = [slow, quick].map(({ receiver }) => `"${receiver.host}"`).join(', ');
      const policy = `
version: 1
callbacks: { allow: [${hosts}] }
actions: { "report.*": { autoApprove: true } }
`;
      const asker = await slow.add({ policy });
      const ask = async ({ receiver }: World, count: number) => {
        const asking = () => asked(slow, asker, { action: 'report.daily', callbackUrl: receiver.url });
        await Promise.all(Array.from({ length: count }, asking));
      };
      const start = () => slow.add({ start: true, limits: { maxConcurrent: 4, maxPerReceiver: 3 }, policy });
      return { slow, quick, ask, start };
    }

    test('that came later', async () => {
      const { slow, quick, ask, start } = await startBoth();
      slow.receiver.on(...Array(6).fill('takes it, and holds its answer'));
      await ask(slow, 6);
      await start();
      await until(() => slow.receiver.held === 3);
      await ask(quick, 5);
      await until(() => quick.receiver.effects.length === 5);
      expect(slow.receiver.held).toBe(3);
      slow.receiver.release();
      await until(() => slow.receiver.held === 3);
      slow.receiver.release();
      await until(() => slow.receiver.effects.length === 6);
    });

    test('however many wait for it', async () => {
      const { slow, quick, ask, start } = await startBoth();
      slow.receiver.on(...Array(3).fill('takes it, and holds its answer'));
      // More than are looked at in one go.
      await ask(slow, 520);
      await ask(quick, 1);
      await start();
      await until(() => quick.receiver.effects.length === 1);
      await until(() => slow.receiver.held === 3);
      expect(slow.receiver.deliveries.length).toBe(3);
    });
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
