import { describe, expect, test } from '@jest/globals';
import { WebClient } from '@slack/web-api';
import {
  advanceUntil,
  areTold,
  ask,
  decide,
  keysIn,
  slackEvents,
  startWorld,
  until,
  untilTold,
} from './world.ts';

const POST = 'chat.postMessage';

describe('tokens', () => {
  test('a revoked first one: the second works', async () => {
    const slack = { botTokens: ['xoxb-second'] };
    const world = await startWorld({ simulator: slack, botTokens: ['xoxb-first', 'xoxb-second'] });
    const id = await ask(world, 'deploy');
    await untilTold(world, id);
    expect(keysIn(world.slack.messages('#ops'), id)).toEqual(['message']);
    expect(world.outbox.health()).toEqual({ status: 'ok' });
    // Once it is known, the first one is not tried again.
    expect(world.slack.calls().filter(({ result }) => result === 'invalid_auth')).toHaveLength(1);
  });

  test('none that works: nothing is claimed, somebody is told, nothing is lost', async () => {
    const world = await startWorld({ limits: { maxRetryMs: 20 }, start: false });
    world.slack.faults.refuse({ error: 'token_revoked' });
    world.outbox.start();
    const id = await ask(world, 'deploy');
    await until('it was tried', () => world.slack.calls('auth.test').length > 5);
    expect(world.outbox.health()).toEqual({
      status: 'degraded',
      detail: 'Slack takes none of the tokens (token_revoked)',
    });
    expect(await slackEvents(world)).toEqual({});
    expect(world.slack.calls(POST)).toEqual([]);
    world.slack.faults.clear();
    await untilTold(world, id);
    expect(world.outbox.health()).toEqual({ status: 'ok' });
    expect(world.failed).toHaveLength(1);
  });

  test('revoked in the middle of a delivery: it goes on with the next valid one', async () => {
    const world = await startWorld();
    const id = await ask(world, 'deploy');
    await untilTold(world, id);
    world.slack.faults.refuse({ match: { method: POST }, error: 'token_expired', times: 4 });
    await decide(world, id, 'bob');
    await untilTold(world, id);
    expect(keysIn(world.slack.messages('#ops'), id)).toEqual(['message', 'reply@1']);
  });
});

describe('a channel that takes nothing', () => {
  type Mend = (api: WebClient, channel: string) => Promise<unknown>;
  test.each<[string, Mend, Mend]>([
    [
      'is_archived',
      (api, channel) => api.conversations.archive({ channel }),
      (api, channel) => api.conversations.unarchive({ channel }),
    ],
    [
      'not_in_channel',
      (api, channel) => api.conversations.leave({ channel }),
      (api, channel) => api.conversations.join({ channel }),
    ],
  ])('%s: only its lane waits, and hardly any claim is made meanwhile', async (code, break_, mend) => {
    const limits = { retryMs: 500, maxRetryMs: 60_000, callTimeoutMs: 10_000, leaseMs: 45_000 };
    const world = await startWorld({ frozen: true, limits });
    const first = await ask(world, 'lost');
    await untilTold(world, first);
    const api = new WebClient(world.slack.botToken, { slackApiUrl: world.slack.apiUrl });
    const channel = world.slack.messages('#lost')[0]?.channel ?? '';
    await break_(api, channel);
    const ids = [await ask(world, 'lost'), await ask(world, 'lost')];
    const tries = () => world.slack.calls('conversations.list').length;
    await advanceUntil(world, 10_000, 'hours have passed', () => tries() > 100);
    expect(world.outbox.health()).toEqual({ status: 'degraded', detail: `#lost: ${code}` });
    const other = await ask(world, 'deploy');
    await untilTold(world, other);
    const claims = (await slackEvents(world)).SlackDeliveryClaimed ?? 0;
    // The clock runs so fast here that a delivery may need a second lease.
    expect(claims).toBeLessThan(20 + tries() / 4);
    await mend(api, channel);
    await advanceUntil(world, 30_000, 'all is told', () => areTold(world, ...ids));
    expect(keysIn(world.slack.messages('#lost'))).toEqual(['message', 'message', 'message']);
    expect(world.outbox.health()).toEqual({ status: 'ok' });
  });

  test('channel_not_found: its requests go out once it exists', async () => {
    const world = await startWorld();
    world.slack.faults.refuse({ match: { method: POST, channel: '#lost' }, error: 'channel_not_found' });
    const ids = [await ask(world, 'lost'), await ask(world, 'lost')];
    const other = await ask(world, 'deploy');
    await untilTold(world, other);
    await until('it was tried', () => world.slack.calls(POST).length > 5);
    expect(world.outbox.health()).toEqual({ status: 'degraded', detail: '#lost: channel_not_found' });
    // Once, however often it is tried.
    expect(world.failed).toEqual([{ what: 'posting to #lost', error: new Error('channel_not_found') }]);
    world.slack.faults.clear();
    await untilTold(world, ...ids);
    expect(keysIn(world.slack.messages('#lost'))).toEqual(['message', 'message']);
  });

  test('channel_not_found, of a message that stands there: its update waits as well', async () => {
    const world = await startWorld();
    const id = await ask(world, 'lost');
    await untilTold(world, id);
    world.slack.faults.refuse({ match: { method: 'chat.update' }, error: 'channel_not_found', times: 3 });
    await decide(world, id, 'bob');
    await untilTold(world, id);
    expect(world.slack.messages('#lost')[0]?.text).toBe('approved at 3');
    expect(keysIn(world.slack.messages('#lost'), id)).toEqual(['message', 'reply@3']);
  });
});
