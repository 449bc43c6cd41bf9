import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import {
  ask,
  decide,
  keysIn,
  person,
  slackEvents,
  startWorld,
  until,
  untilTold,
  type World,
} from './world.ts';

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Runs an instance in a process of its own until Slack has taken an item; kills it before it records that. */
async function killAt(item: string, { slack, dataDir }: World): Promise<string[]> {
  const script = join(import.meta.dirname, 'child.ts');
  const files = [join(dataDir, 'ledger.db'), join(dataDir, 'keys.db'), join(dataDir, `killed-at-${item}`)];
  const args = [script, ...files, slack.apiUrl, slack.botToken, item];
  const child = spawn(process.execPath, ['--no-warnings', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  const said: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => said.push(...text.trim().split('\n')));
  await until(`the process has sent ${item}`, () => said.some((line) => line.startsWith(`sent ${item}`)));
  child.kill('SIGKILL');
  await once(child, 'exit');
  children.delete(child);
  return said;
}

test('a process killed between post and record, at each item in turn: each is there once', async () => {
  const world = await startWorld({
    shared: true,
    start: false,
    limits: { leaseMs: 1000, callTimeoutMs: 200 },
  });
  const id = await ask(world, 'deploy', {}, { principal: person('heidi') });
  await decide(world, id, 'bob', 'denied');
  expect(await killAt('message', world)).toEqual(['sent message']);
  expect(keysIn(world.slack.messages('#ops'), id)).toEqual(['message']);
  // Each finds what the one before could not record, and goes on with what is left.
  expect(await killAt('reply', world)).toEqual(['sent message', 'sent reply@2']);
  expect(await killAt('direct', world)).toEqual(['sent reply@2', 'sent direct@2/heidi']);
  expect((await world.deliveries.load(id)).sent).not.toHaveProperty('direct@2/heidi');
  world.outbox.start();
  await untilTold(world, id);
  expect(keysIn(world.slack.messages('#ops'), id)).toEqual(['message', 'reply@2']);
  expect(keysIn(world.slack.messages('@heidi'), id)).toEqual(['direct@2/heidi']);
  expect(world.slack.calls('chat.postMessage')).toHaveLength(3);
  const recorded = (await world.store.readStream(`slack-${id}`)).filter(
    ({ type }) => type === 'SlackItemSent',
  );
  expect(recorded.map(({ data }) => JSON.parse(data).found)).toEqual([true, true, true]);
  expect(await slackEvents(world)).toEqual({ SlackDeliveryClaimed: 4, SlackItemSent: 3, SlackDelivered: 1 });
});
