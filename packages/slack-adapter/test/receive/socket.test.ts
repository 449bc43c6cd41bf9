import { describe, expect, test } from '@jest/globals';
import type { App, ReceiverEvent } from '@slack/bolt';
import { boltLogger } from '../../src/receive/bolt-logger.ts';
import type { InboundDeps } from '../../src/receive/inbound.ts';
import { createSocketReceiver } from '../../src/receive/socket.ts';
import { startFrames } from './frames.ts';
import { closeWorlds, openWorld, until, type World } from './world.ts';

closeWorlds();

const APP_TOKEN = 'xapp-1-A1-1-aaaa';

/** A world whose clicks come over a connection that the instance opens. */
async function connected(appTokens: readonly string[] = [APP_TOKEN]) {
  const world = await openWorld({ simulator: { appTokens: [APP_TOKEN] } });
  const credentials = { botTokens: world.deps.credentials.botTokens, signingSecrets: [], appTokens };
  const { inbound } = await world.instance({ credentials });
  return { world, inbound };
}

const connections = (world: World) =>
  world.simulator.calls('apps.connections.open').filter(({ result }) => result === 'ok').length;

async function approves(world: World): Promise<void> {
  const drawn = await world.ask('solo');
  await until(async () => {
    const { status } = await world.click('U0BOB', drawn, 'approve').catch(() => ({ status: 0 }));
    return status === 200;
  }, 'a click delivered');
  await until(async () => (await world.happened(drawn)).includes('RequestApproved'), 'approved');
}

/** Frames of which Bolt's client itself makes nothing. */
const UNREADABLE = new Set(['null', '{"type":"events_api"}', '{"type":"events_api","payload":{}}']);

describe('Socket Mode', () => {
  test('carries clicks and forms as HTTP does, and nothing comes in over HTTP', async () => {
    const { world, inbound } = await connected();
    expect(inbound.handler).toBeNull();
    await until(() => connections(world) === 1, 'connected');
    await approves(world);
    const drawn = await world.ask('deploy');
    const { request } = await world.click('U0CAROL', drawn, 'deny');
    expect(request.url).toBe('socket');
    await until(() => world.simulator.openView('U0CAROL') !== null, 'asked');
    await world.simulator.submit('U0CAROL', { reason: 'no' });
    expect(world.simulator.openView('U0CAROL')).toBeNull();
    expect(await world.happened(drawn)).toContain('RequestDenied');
    await world.click('U0MALLORY', await world.ask('solo'), 'approve');
    expect((await world.told('U0MALLORY'))[0]).toContain('Not done: mallory');
    expect(world.failures).toEqual([]);
  });

  test('comes back when Slack has refused it, or was away', async () => {
    const world = await openWorld({ simulator: { appTokens: [APP_TOKEN] } });
    const { faults } = world.simulator;
    const match = { method: 'apps.connections.open' };
    faults.outage({ match, as: 'reset', times: 1 });
    faults.outage({ match, as: 503, times: 1 });
    faults.rateLimit({ match, retryAfterSec: 1, times: 1 });
    faults.refuse({ match, error: 'internal_error', times: 1 });
    const credentials: InboundDeps['credentials'] = {
      botTokens: world.deps.credentials.botTokens,
      signingSecrets: [],
      appTokens: [APP_TOKEN],
    };
    await world.instance({ credentials });
    await until(() => connections(world) === 1, 'connected');
    await approves(world);
    expect(world.failures.map(({ what }) => what)).toContain('connecting to Slack in Socket Mode');
    expect(JSON.stringify(world.failures.map(({ error }) => String(error)))).not.toContain(APP_TOKEN);
  });

  test('says for how long no click can come', async () => {
    const { world, inbound } = await connected(['xapp-1-A1-1-gone']);
    await until(() => inbound.trouble !== undefined, 'in trouble');
    expect(inbound.trouble).toBe('Socket Mode is not connected: An API error occurred: invalid_auth');
    await inbound.stop();

    world.simulator.faults.refuse({
      match: { method: 'apps.connections.open' },
      error: 'internal_error',
      times: 2,
    });
    const credentials = {
      botTokens: world.deps.credentials.botTokens,
      signingSecrets: [],
      appTokens: [APP_TOKEN],
    };
    const { inbound: second } = await world.instance({ credentials });
    await until(() => second.trouble !== undefined, 'in trouble');
    await until(() => second.trouble === undefined, 'out of it');
    expect(connections(world)).toBe(1);
  });

  test('takes the next token where Slack takes one no longer', async () => {
    const { world } = await connected(['xapp-1-A1-1-gone', APP_TOKEN]);
    await until(() => connections(world) === 1, 'connected');
    await approves(world);
  });

  test.each([
    'null',
    '7',
    '{}',
    '{',
    '{"type":"events_api"}',
    '{"type":"events_api","payload":{}}',
    '{"type":"interactive","payload":null}',
    '{"type":"error"}',
  ])('stays connected, and ends nothing else, when Slack sends %s', async (frame) => {
    const slack = await startFrames();
    const heard: unknown[] = [];
    const told: string[] = [];
    const receiver = createSocketReceiver({
      appTokens: [APP_TOKEN],
      clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
      logger: boltLogger({ failed: ({ error }) => void told.push((error as Error).message) }),
      signals: {},
      ...{ retryMs: 20, maxRetryMs: 20 },
    });
    receiver.init({
      processEvent: async ({ body, ack }: ReceiverEvent) => {
        heard.push(body);
        await ack();
      },
    } as App);
    try {
      await receiver.start();
      await until(() => slack.connections() === 1, 'connected');
      slack.send(frame);
      slack.send('{"type":"interactive","envelope_id":"1","payload":{"type":"shortcut"}}');
      await until(() => JSON.stringify(heard.at(-1)) === '{"type":"shortcut"}', 'the next call heard');
      expect(slack.connections()).toBe(1);
      if (UNREADABLE.has(frame)) expect(told[0]).toContain('a frame of Slack could not be read');
    } finally {
      await receiver.stop();
      await slack.close();
    }
  });

  test('ends when it is stopped, also while it cannot connect', async () => {
    const { world, inbound } = await connected();
    await until(() => connections(world) === 1, 'connected');
    await approves(world);
    await inbound.stop();
    const calls = world.simulator.calls('apps.connections.open').length;
    world.simulator.faults.outage({ as: 'reset' });
    const away = await world.instance({
      credentials: { ...world.deps.credentials, signingSecrets: [], appTokens: [APP_TOKEN] },
      limits: { ...world.deps.limits, retryMs: 60_000, maxRetryMs: 60_000 },
    });
    await until(() => world.simulator.calls('apps.connections.open').length > calls, 'a try');
    await away.inbound.stop();
  });
});
