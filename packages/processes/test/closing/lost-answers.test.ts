import { describe, expect, test } from '@jest/globals';
import { calledOf, decided, stands, startWorld, told, toNextTry, typesOf } from './world.ts';

describe('a receiver that took it, and whose answer was lost', () => {
  test('gets it again under the same id and with the same words, and counts one', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add({ start: true });
    const { receiver } = world;
    receiver.on('takes it, and its answer is lost');
    const id = await decided(world, one);
    await stands(one, id, 'retrying');
    await toNextTry(world, one, id);
    await stands(one, id, 'succeeded', 2);
    const [first, second, ...more] = receiver.deliveries;
    expect(more).toEqual([]);
    expect(second?.id).toBe(first?.id);
    expect(second?.body).toEqual(first?.body);
    expect(receiver.effects.length).toBe(1);
    expect(await typesOf(one, id)).toEqual(['Started', 'Failed', 'Started', 'Succeeded']);
    const [, lost] = await told(one, id);
    expect(lost?.data).toMatchObject({ outcomeUnknown: true, error: expect.stringContaining('no answer') });
    expect((await calledOf(one, 2)).map(({ outcome, try: nth }) => [outcome, nth])).toEqual([
      ['failed', 1],
      ['succeeded', 2],
    ]);
  });

  test('or that says so itself by a 5xx', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add({ start: true });
    world.receiver.on({ status: 500 }, { status: 503 });
    const id = await decided(world, one);
    for (const nth of [1, 2]) {
      await stands(one, id, 'retrying', nth);
      await toNextTry(world, one, id);
    }
    await stands(one, id, 'succeeded', 3);
    expect(new Set(world.receiver.deliveries.map((delivery) => delivery.id)).size).toBe(1);
    expect(world.receiver.deliveries.length).toBe(3);
  });

  test('or that never answers: its time is over, and it is sent again when the last try surely is', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add({ start: true, limits: { callTimeoutMs: 300, leaseMs: 20_000 } });
    world.receiver.on('never answers');
    const id = await decided(world, one);
    await stands(one, id, 'retrying');
    await toNextTry(world, one, id);
    await stands(one, id, 'succeeded', 2);
    expect(world.receiver.effects.length).toBe(1);
    expect((await told(one, id))[1]?.data).toMatchObject({ outcomeUnknown: true });
  });
});

test('a connector that breaks its promise is told of, its secrets are not, and the next try comes after the lease', async () => {
  const world = await startWorld({ frozen: true });
  let breaks = 1;
  const one = await world.add({
    start: true,
    wrapConnectors: (all) =>
      all.map((connector) => ({
        ...connector,
        execute: (call) => {
          if (breaks-- > 0) throw new TypeError('the secret is s3cr3t');
          return connector.execute(call);
        },
      })),
  });
  const id = await decided(world, one);
  await stands(one, id, 'retrying');
  const pause = await toNextTry(world, one, id);
  expect(pause).toBe(30_000);
  await stands(one, id, 'succeeded', 2);
  expect(one.broken).toMatchObject([{ what: 'calling webhook' }]);
  expect(JSON.stringify([await told(one, id), one.called, one.broken.map(String)])).not.toContain('s3cr3t');
});

test('nothing is sent on the last stretch of a lease, which another may begin before it ends', async () => {
  const world = await startWorld({ frozen: true });
  let isSlow = true;
  const one = await world.add({
    start: true,
    wrapStore: (store) => ({
      ...store,
      append: async (stream, ...args) => {
        const result = await store.append(stream, ...args);
        if (isSlow && stream.startsWith('closing-')) {
          isSlow = false;
          world.advance(20_000);
        }
        return result;
      },
    }),
  });
  const id = await decided(world, one);
  await stands(one, id, 'retrying');
  expect((await told(one, id))[1]?.data).toMatchObject({
    error: expect.stringMatching(/^not sent/),
    outcomeUnknown: false,
  });
  expect(world.receiver.deliveries).toEqual([]);
  await toNextTry(world, one, id);
  await stands(one, id, 'succeeded', 2);
});
