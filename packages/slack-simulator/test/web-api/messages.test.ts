import { describe, expect, test } from '@jest/globals';
import { actions, button, section } from '../support/blocks.ts';
import { alice, clientOf, codeOf, workspace } from '../support/workspace.ts';

const metadata = { event_type: 'item', event_payload: { request_id: 'r1', key: 'message' } };

describe('posting', () => {
  test('makes the channel, and answers with the message as it stands there', async () => {
    const simulator = await workspace();
    const client = clientOf(simulator);
    const blocks = [section('*hello*'), { type: 'actions', elements: [button('go')] } as const];

    const posted = await client.chat.postMessage({ channel: '#approvals', text: 'hello', blocks, metadata });

    expect(posted.message).toMatchObject({
      type: 'message',
      text: 'hello',
      user: 'U0SIMBOT',
      app_id: 'A0SIM',
      metadata,
    });
    expect(posted.message?.blocks?.every(({ block_id }) => block_id)).toBe(true);
    const [message, more] = simulator.messages('approvals');
    expect(more).toBeUndefined();
    expect(message).toMatchObject({ channel: posted.channel, ts: posted.ts, text: 'hello', metadata });
    expect(message?.blocks).toEqual(posted.message?.blocks);
    expect(simulator.messages(String(posted.channel))).toHaveLength(1);
  });

  test('takes JSON bodies with the token among the arguments, as other clients send them', async () => {
    const simulator = await workspace();
    const response = await fetch(`${simulator.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ token: simulator.botToken, channel: 'approvals', blocks: [section('hi')] }),
    });
    expect(await response.json()).toMatchObject({ ok: true });
    expect(simulator.messages('#approvals')[0]?.blocks).toMatchObject([section('hi')]);
    expect(JSON.stringify(simulator.calls())).not.toContain(simulator.botToken);
  });

  test('cuts text beyond 40,000 characters and warns', async () => {
    const simulator = await workspace();
    const posted = await clientOf(simulator).chat.postMessage({
      channel: 'approvals',
      text: 'x'.repeat(40_001),
    });
    expect(posted.response_metadata?.warnings).toEqual(['message_truncated']);
    expect(simulator.messages('approvals')[0]?.text).toHaveLength(40_000);
  });

  test('to a user goes to the direct channel with them, which conversations.open gives as well', async () => {
    const simulator = await workspace();
    const client = clientOf(simulator);
    const posted = await client.chat.postMessage({ channel: alice.id, text: 'psst' });
    const opened = await client.conversations.open({ users: alice.id, return_im: true });
    expect(opened).toMatchObject({
      already_open: true,
      channel: { id: posted.channel, is_im: true, user: alice.id },
    });
    expect(simulator.messages('@alice')).toEqual(simulator.messages(alice.id));
    expect(simulator.messages('@alice')).toMatchObject([{ text: 'psst', channel: posted.channel }]);
  });

  test('ephemerally is seen by one user and by no method', async () => {
    const simulator = await workspace();
    const client = clientOf(simulator);
    const root = await client.chat.postMessage({ channel: 'approvals', text: 'root' });
    const channel = String(root.channel);
    const { message_ts: ts } = await client.chat.postEphemeral({ channel, user: alice.id, text: 'for you' });
    expect(simulator.messages(channel)[1]).toMatchObject({ ts, text: 'for you', ephemeralFor: alice.id });
    expect((await client.conversations.history({ channel })).messages).toHaveLength(1);
    expect(await codeOf(client.chat.update({ channel, ts: String(ts), text: 'x' }))).toBe(
      'message_not_found',
    );
    expect(await codeOf(client.chat.delete({ channel, ts: String(ts) }))).toBe('message_not_found');
  });
});

describe('threads', () => {
  test('a reply hangs on its root, also when it is told to hang on another reply', async () => {
    const simulator = await workspace();
    const client = clientOf(simulator);
    const root = await client.chat.postMessage({ channel: 'approvals', text: 'root' });
    const channel = String(root.channel);
    const first = await client.chat.postMessage({ channel, text: 'one', thread_ts: String(root.ts) });
    await client.chat.postMessage({
      channel,
      text: 'two',
      thread_ts: String(first.ts),
      reply_broadcast: true,
    });

    const { messages } = await client.conversations.replies({ channel, ts: String(first.ts) });
    expect(messages?.map(({ text, thread_ts }) => [text, thread_ts])).toEqual([
      ['root', root.ts],
      ['one', root.ts],
      ['two', root.ts],
    ]);
    const history = await client.conversations.history({ channel });
    expect(history.messages?.map(({ text, reply_count }) => [text, reply_count])).toEqual([
      ['two', undefined],
      ['root', 2],
    ]);
  });

  test('a reply to a message that is gone stands in the channel, and only the answer shows it', async () => {
    const simulator = await workspace();
    const client = clientOf(simulator);
    const root = await client.chat.postMessage({ channel: 'approvals', text: 'root' });
    const [channel, ts] = [String(root.channel), String(root.ts)];
    simulator.deleteMessage('approvals', ts);
    const reply = await client.chat.postMessage({ channel, text: 'late', thread_ts: ts });
    expect(reply.message).not.toHaveProperty('thread_ts');
    expect(await codeOf(client.conversations.replies({ channel, ts }))).toBe('thread_not_found');
  });
});

describe('changing a message', () => {
  test('draws it anew in its place and keeps its metadata', async () => {
    const simulator = await workspace();
    const client = clientOf(simulator);
    const posted = await client.chat.postMessage({
      channel: 'approvals',
      text: 'old',
      blocks: [section('old')],
      metadata,
    });
    const [channel, ts] = [String(posted.channel), String(posted.ts)];

    const updated = await client.chat.update({ channel, ts, text: 'new', blocks: [section('new')] });
    expect(updated).toMatchObject({ channel, ts, text: 'new', message: { text: 'new', edited: {} } });
    const [message] = simulator.messages(channel);
    expect(message).toMatchObject({ ts, text: 'new', blocks: [section('new')], metadata });
    expect(Number(message?.editedTs)).toBeGreaterThan(Number(ts));
  });

  test('text without blocks takes the blocks away, an empty object the metadata', async () => {
    const simulator = await workspace();
    const client = clientOf(simulator);
    const posted = await client.chat.postMessage({
      channel: 'approvals',
      text: 'old',
      blocks: [section('old')],
      metadata,
    });
    await client.apiCall('chat.update', {
      channel: posted.channel,
      ts: posted.ts,
      text: 'new',
      metadata: {},
    });
    expect(simulator.messages('approvals')[0]).toMatchObject({ text: 'new', blocks: [] });
    expect(simulator.messages('approvals')[0]).not.toHaveProperty('metadata');
  });

  test('deleting takes it away, and its permalink leads nowhere else', async () => {
    const simulator = await workspace();
    const client = clientOf(simulator);
    const posted = await client.chat.postMessage({
      channel: 'approvals',
      text: 'x',
      blocks: [actions('a', button('go'))],
    });
    const [channel, ts] = [String(posted.channel), String(posted.ts)];
    const { permalink } = await client.chat.getPermalink({ channel, message_ts: ts });
    expect(permalink).toMatch(new RegExp(`^${simulator.url}/archives/${channel}/p\\d{16}$`));
    const page = await fetch(String(permalink), { redirect: 'manual' });
    expect([page.status, page.headers.get('location')]).toEqual([302, `/#channel=${channel}`]);
    await client.chat.delete({ channel, ts });
    expect(simulator.messages(channel)).toEqual([]);
    expect(await codeOf(client.chat.getPermalink({ channel, message_ts: ts }))).toBe('message_not_found');
  });
});
