import { describe, expect, test } from '@jest/globals';
import type { WebClient } from '@slack/web-api';
import { section } from '../support/blocks.ts';
import { alice, bob, clientOf, codeOf, gone, guest, robot, workspace } from '../support/workspace.ts';

type Call = (client: WebClient, posted: { channel: string; ts: string }) => Promise<unknown>;

const post =
  (args: object): Call =>
  (client) =>
    client.apiCall('chat.postMessage', { channel: 'approvals', ...args });
const update =
  (args: object): Call =>
  (client, posted) =>
    client.apiCall('chat.update', { ...posted, ...args });
const long = (length: number): string => 'x'.repeat(length);

const refusals: readonly (readonly [string, string, Call])[] = [
  ['a method that is not there', 'unknown_method', (client) => client.apiCall('chat.shout')],
  ['a method named as something every object has', 'unknown_method', (client) => client.apiCall('toString')],
  ['no channel', 'invalid_arguments', post({ channel: '', text: 'x' })],
  ['a channel id that is not there', 'channel_not_found', post({ channel: 'C0NOWHERE', text: 'x' })],
  ['a channel name that is not listed', 'channel_not_found', post({ channel: 'other', text: 'x' })],
  ['an unknown user', 'channel_not_found', post({ channel: 'U0NOBODY', text: 'x' })],
  ['a deactivated user', 'channel_not_found', post({ channel: gone.id, text: 'x' })],
  ['a bot', 'cannot_dm_bot', post({ channel: robot.id, text: 'x' })],
  ['neither text nor blocks', 'no_text', post({})],
  ['blocks that are not JSON', 'invalid_blocks_format', post({ blocks: '[{' })],
  ['blocks that are no array', 'invalid_blocks_format', post({ blocks: '{}' })],
  ['blocks that Slack does not know', 'invalid_blocks', post({ blocks: [{ type: 'sectionn' }] })],
  [
    'too much text in all',
    'msg_blocks_too_long',
    post({ blocks: [1, 2, 3, 4, 5].map(() => section(long(2_700))) }),
  ],
  ['metadata that are not JSON', 'invalid_metadata_format', post({ text: 'x', metadata: '{' })],
  [
    'metadata without a payload',
    'invalid_metadata_schema',
    post({ text: 'x', metadata: { event_type: 'x' } }),
  ],
  ['an update by channel name', 'channel_not_found', update({ channel: 'approvals', text: 'x' })],
  ['an update of what is not there', 'message_not_found', update({ ts: '1.000001', text: 'x' })],
  ['an update with nothing', 'no_text', update({})],
  ['an update with too long a text', 'msg_too_long', update({ text: long(4_001) })],
  ['an update with wrong blocks', 'invalid_blocks', update({ text: 'x', blocks: [{ type: 'header' }] })],
  [
    'history of an unknown channel',
    'channel_not_found',
    (client) => client.conversations.history({ channel: 'C0NO' }),
  ],
  [
    'a limit of nothing',
    'invalid_limit',
    (client, { channel }) => client.conversations.history({ channel, limit: -1 }),
  ],
  [
    "a cursor of one's own",
    'invalid_cursor',
    (client, { channel }) => client.conversations.history({ channel, cursor: 'x' }),
  ],
  [
    'a time that is none',
    'invalid_ts_oldest',
    (client, { channel }) => client.conversations.history({ channel, oldest: 'x' }),
  ],
  [
    'replies to nothing',
    'thread_not_found',
    (client, { channel }) => client.conversations.replies({ channel, ts: '1.1' }),
  ],
  [
    'a direct channel with nobody',
    'users_list_not_supplied',
    (client) => client.apiCall('conversations.open'),
  ],
  [
    'a direct channel with an unknown user',
    'user_not_found',
    (client) => client.conversations.open({ users: 'U0NO' }),
  ],
  [
    'a direct channel with somebody gone',
    'user_disabled',
    (client) => client.conversations.open({ users: gone.id }),
  ],
  [
    'a direct channel with a bot',
    'cannot_dm_bot',
    (client) => client.conversations.open({ users: robot.id }),
  ],
  [
    'a channel of three',
    'too_many_users',
    (client) => client.conversations.open({ users: `${alice.id},${bob.id}` }),
  ],
  ['an unknown user', 'user_not_found', (client) => client.users.info({ user: 'U0NO' })],
  [
    'an unknown address',
    'users_not_found',
    (client) => client.users.lookupByEmail({ email: 'x@example.com' }),
  ],
  [
    'the address of somebody gone',
    'users_not_found',
    (client) => client.users.lookupByEmail({ email: gone.email }),
  ],
  [
    "the address of another team's",
    'users_not_found',
    (client) => client.users.lookupByEmail({ email: guest.email }),
  ],
  [
    'something ephemeral for nobody',
    'user_not_in_channel',
    (client, { channel }) => client.chat.postEphemeral({ channel, user: 'U0NO', text: 'x' }),
  ],
];

describe("refuses, with Slack's code", () => {
  test.each(refusals)('%s: %s', async (_what, code, call) => {
    const simulator = await workspace({ channels: ['#approvals'] });
    const client = clientOf(simulator);
    const posted = await client.chat.postMessage({ channel: 'approvals', text: 'x' });
    const before = simulator.messages('approvals');
    simulator.forgetCalls();

    expect(await codeOf(call(client, { channel: String(posted.channel), ts: String(posted.ts) }))).toBe(code);

    expect(simulator.messages('approvals')).toEqual(before);
    expect(simulator.calls()).toMatchObject([{ result: code }]);
  });

  test('says where in the blocks, as the client reports it', async () => {
    const client = clientOf(await workspace());
    const call = client.chat.postMessage({ channel: 'approvals', text: 'x', blocks: [section('')] });
    await expect(call).rejects.toMatchObject({
      data: {
        error: 'invalid_blocks',
        errors: ['must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
        response_metadata: {
          messages: ['[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
        },
      },
    });
  });
});

describe('tokens', () => {
  test('are needed, and of the right kind', async () => {
    const simulator = await workspace({ botTokens: ['xoxb-new', 'xoxb-old'], appTokens: ['xapp-1'] });
    const as = (token?: string) => clientOf(simulator, {}, token ?? '');
    expect(await codeOf(as().auth.test())).toBe('not_authed');
    expect(await codeOf(as('xoxb-other').auth.test())).toBe('invalid_auth');
    expect(await codeOf(as('xapp-1').auth.test())).toBe('not_allowed_token_type');
    expect(await codeOf(as('xoxb-old').apps.connections.open())).toBe('not_allowed_token_type');
    expect(await as('xoxb-new').auth.test()).toMatchObject({
      team_id: 'T0SIM',
      user_id: 'U0SIMBOT',
      bot_id: 'B0SIM',
    });
    expect(await codeOf(as('xoxb-old').auth.test())).toBe('ok');
  });

  test('a body that is none is refused as one', async () => {
    const simulator = await workspace();
    const response = await fetch(`${simulator.apiUrl}auth.test`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${simulator.botToken}` },
      body: '{',
    });
    expect(await response.json()).toMatchObject({ ok: false, error: 'invalid_json' });
  });
});
