import type { Connector, ConnectorHealth } from '@countersign/domain';
import { expect, test } from '@jest/globals';
import { startWorld } from './world.ts';

test('connectors are asked for their health at most every 30 s, by however many at once', async () => {
  const world = await startWorld({ frozen: true });
  const one = await world.add();
  const { dispatcher } = one;
  const ok = { status: 'ok', connectors: { outside: { status: 'ok' } } };
  expect(await Promise.all([dispatcher.health(), dispatcher.health()])).toEqual([ok, ok]);
  expect(world.outside.questions.length).toBe(1);
  world.advance(29_999);
  await dispatcher.health();
  expect(world.outside.questions.length).toBe(1);
  world.advance(1);
  await dispatcher.health();
  expect(world.outside.questions.length).toBe(2);
});

test.each<[string, () => Promise<ConnectorHealth>, object, string]>([
  [
    'is in trouble',
    async () => ({ status: 'error', detail: '503' }),
    { status: 'error', detail: '503' },
    'degraded',
  ],
  ['has no credentials', async () => ({ status: 'unconfigured' }), { status: 'unconfigured' }, 'ok'],
  [
    'does not answer',
    () => new Promise(() => {}),
    { status: 'error', detail: 'no answer within 60 ms' },
    'degraded',
  ],
  [
    'throws',
    () => Promise.reject(new Error('key=hunter2')),
    { status: 'error', detail: 'threw Error' },
    'degraded',
  ],
])('a connector that %s', async (_, health, told, status) => {
  const world = await startWorld();
  const wrapConnector = (connector: Connector): Connector => ({ ...connector, health });
  const { dispatcher } = await world.add({ limits: { callTimeoutMs: 60 }, wrapConnector });
  expect(await dispatcher.health()).toMatchObject({ status, connectors: { outside: told } });
});
