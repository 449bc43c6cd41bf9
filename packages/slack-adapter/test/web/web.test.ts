import { describe, expect, test } from '@jest/globals';
import { createWeb } from '../../src/web/web.ts';
import { type Arrived, answerWith, startStrangeSlack } from './strange-slack.ts';

const mark = { requestId: 'r1', key: 'reply@3' };
const metadata = { event_type: 'countersign_item', event_payload: { request_id: 'r1', key: 'reply@3' } };

async function start(answers: readonly unknown[]) {
  const left = [...answers];
  const slack = await startStrangeSlack((response) => {
    response.end(JSON.stringify({ ok: true, ...(left.shift() as object) }));
  });
  const web = createWeb({
    tokens: ['xoxb-1'],
    apiUrl: slack.apiUrl,
    timeoutMs: 5000,
    maxConcurrency: 10,
    signals: {},
  });
  return { web, slack };
}

function argOf(call: Arrived | undefined, name: string): unknown {
  const value = call?.args[name];
  return value === undefined ? undefined : JSON.parse(value);
}

const ann = {
  ...{ id: 'U1', team_id: 'T1', name: 'ann' },
  ...{ profile: { email: 'ann@x.org' }, is_email_confirmed: true },
};

describe('the Web API', () => {
  test('a message carries its mark, its text and blocks, and unfolds no links', async () => {
    const { web, slack } = await start([{ channel: 'C1', ts: '1.2' }]);
    const blocks = [{ type: 'divider' as const }];
    const posted = await web.postMessage({ channel: '#ops', text: 'hi', blocks, mark, threadTs: '1.1' });
    expect(posted).toEqual({ ok: true, channel: 'C1', ts: '1.2' });
    const [call] = slack.calls;
    expect(call).toMatchObject({
      method: 'chat.postMessage',
      args: { channel: '#ops', text: 'hi', thread_ts: '1.1', unfurl_links: 'false', unfurl_media: 'false' },
    });
    expect(argOf(call, 'metadata')).toEqual(metadata);
    expect(argOf(call, 'blocks')).toEqual(blocks);
  });

  test('an update names the message and keeps the mark', async () => {
    const { web, slack } = await start([{ channel: 'C1', ts: '1.2' }]);
    expect(await web.update({ channel: 'C1', ts: '1.2' }, { text: 'hi', blocks: [], mark })).toMatchObject({
      ok: true,
    });
    expect(slack.calls[0]).toMatchObject({ method: 'chat.update', args: { channel: 'C1', ts: '1.2' } });
    expect(argOf(slack.calls[0], 'metadata')).toEqual(metadata);
  });

  test('pages of a channel and of a thread tell our messages from others', async () => {
    const messages = [
      { ts: '3.1', metadata },
      { ts: '3.2', metadata: { event_type: 'someone_elses', event_payload: { request_id: 'r1', key: 'k' } } },
      { ts: '3.3', metadata: { event_type: 'countersign_item', event_payload: { request_id: 7 } } },
      { ts: '3.4' },
      { text: 'what is this?' },
    ];
    const { web, slack } = await start([
      { messages, response_metadata: { next_cursor: 'more' } },
      { messages: [], response_metadata: { next_cursor: '' } },
      { messages: 'none' },
    ]);
    expect(await web.page({ channel: 'C1', oldest: 1.5 })).toEqual({
      ok: true,
      cursor: 'more',
      messages: [
        { ts: '3.1', mark },
        { ts: '3.2', mark: null },
        { ts: '3.3', mark: null },
        { ts: '3.4', mark: null },
      ],
    });
    const next = await web.page({ channel: 'C1', oldest: 1.5, cursor: 'more', threadTs: '1.1' });
    expect(next).toEqual({ ok: true, messages: [] });
    expect(await web.page({ channel: 'C1', oldest: 1.5 })).toEqual({ ok: false, error: { kind: 'unknown' } });
    expect(slack.calls).toMatchObject([
      { method: 'conversations.history', args: { oldest: '1.500000', include_all_metadata: 'true' } },
      { method: 'conversations.replies', args: { ts: '1.1', cursor: 'more', include_all_metadata: 'true' } },
      {},
    ]);
  });

  test('a channel is found by name on any page, and by id at once', async () => {
    const ops = { id: 'C0OPS00', name: 'ops', is_archived: true, is_member: true };
    const { web, slack } = await start([
      { channels: [{ id: 'C0DEV00', name: 'dev' }], response_metadata: { next_cursor: 'more' } },
      { channels: [ops] },
      { channel: { id: 'C0DEV00' } },
      { channels: [ops], response_metadata: { next_cursor: '' } },
    ]);
    expect(await web.findChannel('#ops')).toEqual({
      ok: true,
      channel: 'C0OPS00',
      isArchived: true,
      isMember: true,
    });
    expect(await web.findChannel('C0DEV00')).toEqual({
      ok: true,
      channel: 'C0DEV00',
      isArchived: false,
      isMember: false,
    });
    expect(await web.findChannel('nowhere')).toEqual({
      ok: false,
      error: { kind: 'refused', code: 'channel_not_found' },
    });
    expect(slack.calls.map((call) => call.method)).toEqual([
      'conversations.list',
      'conversations.list',
      'conversations.info',
      'conversations.list',
    ]);
  });

  test('a channel is no longer looked for by name once nobody wants to know', async () => {
    const page = { channels: [], response_metadata: { next_cursor: 'more' } };
    const { web, slack } = await start([page]);
    const unwanted = AbortSignal.abort();
    expect(await web.findChannel('#ops', unwanted)).toEqual({ ok: false, error: { kind: 'not_sent' } });
    expect(slack.calls).toEqual([]);
  });

  test('a direct channel, a permalink, a person', async () => {
    const { web, slack } = await start([
      { channel: { id: 'D1' } },
      { permalink: 'https://x.slack.com/archives/C1/p12' },
      { user: { ...ann, is_stranger: true } },
      { user: { id: 'U2', team_id: 'T1', is_bot: true, deleted: true } },
    ]);
    expect(await web.openDirect('U1')).toEqual({ ok: true, channel: 'D1' });
    const place = { channel: 'C1', ts: '1.2' };
    expect(await web.permalink(place)).toMatchObject({ permalink: 'https://x.slack.com/archives/C1/p12' });
    const plain = { isBot: false, isDeleted: false, isStranger: false };
    expect(await web.usersInfo('U1')).toEqual({
      ok: true,
      user: { ...plain, id: 'U1', teamId: 'T1', name: 'ann', email: 'ann@x.org', isStranger: true },
    });
    expect(await web.usersInfo('U2')).toEqual({
      ok: true,
      user: { ...plain, id: 'U2', teamId: 'T1', name: 'U2', isBot: true, isDeleted: true },
    });
    expect(slack.calls[0]).toMatchObject({ method: 'conversations.open', args: { users: 'U1' } });
    expect(slack.calls[1]?.args).toMatchObject({ channel: 'C1', message_ts: '1.2' });
  });

  test.each<[string, object]>([
    ['has not confirmed', { is_email_confirmed: false }],
    ['does not speak of', { is_email_confirmed: undefined }],
  ])('an address that Slack %s is none', async (_what, more) => {
    const { web } = await start([{ user: { ...ann, ...more } }]);
    const answer = await web.usersInfo('U1');
    expect(answer).toMatchObject({ ok: true, user: { id: 'U1' } });
    expect(answer).not.toHaveProperty('user.email');
  });

  test.each(['is_restricted', 'is_ultra_restricted', 'is_stranger'])(
    'whom Slack calls %s is from elsewhere',
    async (flag) => {
      const { web } = await start([{ user: { ...ann, [flag]: true } }, { user: { ...ann, [flag]: false } }]);
      expect(await web.usersInfo('U1')).toMatchObject({ user: { isStranger: true } });
      expect(await web.usersInfo('U1')).toMatchObject({ user: { isStranger: false } });
    },
  );

  test('views, by trigger and by hash', async () => {
    const { web, slack } = await start([
      { view: { id: 'V1', hash: 'h1' } },
      { view: { id: 'V1', hash: 'h2' } },
    ]);
    const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'Deny' }, blocks: [] };
    expect(await web.viewsOpen('trigger', view)).toEqual({ ok: true, viewId: 'V1', hash: 'h1' });
    expect(await web.viewsUpdate('V1', view, 'h1')).toEqual({ ok: true, viewId: 'V1', hash: 'h2' });
    expect(slack.calls.map(({ method, args }) => [method, args.trigger_id, args.view_id, args.hash])).toEqual(
      [
        ['views.open', 'trigger', undefined, undefined],
        ['views.update', undefined, 'V1', 'h1'],
      ],
    );
  });

  test('the workspace is asked for once, and again only to see whether the tokens are good', async () => {
    const { web, slack } = await start([{ team_id: 'T1', enterprise_id: 'E1' }, { team_id: 'T1' }]);
    expect(await web.teamId()).toEqual({ ok: true, teamId: 'T1', enterpriseId: 'E1' });
    await web.teamId();
    expect(slack.calls).toHaveLength(1);
    await web.checkTokens();
    expect(slack.calls).toHaveLength(2);
  });

  test('a failure to learn the workspace is not remembered', async () => {
    const { web, slack } = await start([]);
    slack.behave(answerWith('', 500));
    expect(await web.teamId()).toMatchObject({ ok: false });
    slack.behave(answerWith({ ok: true, team_id: 'T1' }));
    expect(await web.teamId()).toMatchObject({ ok: true });
  });
});
