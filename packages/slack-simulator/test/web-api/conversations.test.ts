import { describe, expect, test } from '@jest/globals';
import { newWorkspace } from '../../src/workspace/workspace.ts';
import { alice, clientOf, codeOf, guest, handClock, workspace } from '../support/workspace.ts';

describe('history', () => {
  test('goes back page by page, newest first, and misses nothing that was there at its beginning', async () => {
    const simulator = await workspace();
    const client = clientOf(simulator);
    for (let n = 0; n < 7; n += 1) await client.chat.postMessage({ channel: 'approvals', text: String(n) });
    const channel = String(simulator.messages('approvals')[0]?.channel);
    const texts: (string | undefined)[] = [];
    for await (const page of client.paginate('conversations.history', { channel, limit: 3 })) {
      texts.push(...((page as { messages?: { text?: string }[] }).messages ?? []).map(({ text }) => text));
      await client.chat.postMessage({ channel, text: 'meanwhile' });
    }
    expect(texts).toEqual(['6', '5', '4', '3', '2', '1', '0']);
  });

  test('between two times, with or without them, to the microsecond', async () => {
    const clock = handClock();
    const simulator = await workspace({ clock });
    const client = clientOf(simulator);
    for (const text of ['a', 'b', 'c']) await client.chat.postMessage({ channel: 'approvals', text });
    const [first, second, third] = simulator.messages('approvals');
    expect(second?.ts).toBe('1700000000.000001');
    const channel = String(first?.channel);
    const within = async (inclusive: boolean) => {
      const bounds = { oldest: String(first?.ts), latest: String(third?.ts) };
      const { messages } = await client.conversations.history({ channel, ...bounds, inclusive });
      return messages?.map(({ text }) => text);
    };
    expect(await within(false)).toEqual(['b']);
    expect(await within(true)).toEqual(['c', 'b', 'a']);
  });

  test('finds an item again by its metadata, only when asked for them', async () => {
    const simulator = await workspace();
    const client = clientOf(simulator);
    const metadata = { event_type: 'item', event_payload: { key: 'reply@4' } };
    const root = await client.chat.postMessage({ channel: 'approvals', text: 'root' });
    const [channel, ts] = [String(root.channel), String(root.ts)];
    await client.chat.postMessage({ channel, thread_ts: ts, text: 'reply', metadata });
    const without = await client.conversations.replies({ channel, ts });
    const withThem = await client.conversations.replies({ channel, ts, include_all_metadata: true });
    expect(without.messages?.[1]).not.toHaveProperty('metadata');
    expect(withThem.messages?.[1]).toMatchObject({ text: 'reply', metadata });
  });
});

describe('channels', () => {
  test('are listed, and looked at one by one', async () => {
    const client = clientOf(await workspace({ channels: ['#approvals', 'releases'] }));
    await client.conversations.open({ users: alice.id });
    const { channels } = await client.conversations.list();
    expect(channels?.map(({ name }) => name)).toEqual(['approvals', 'releases']);
    expect((await client.conversations.list({ types: 'im' })).channels).toMatchObject([
      { user: alice.id, is_im: true },
    ]);
    const { channel } = await client.conversations.info({ channel: String(channels?.[1]?.id) });
    expect(channel).toMatchObject({ name: 'releases', is_member: true, is_archived: false });
  });

  test('left or archived refuse messages until mended', async () => {
    const simulator = await workspace({ channels: ['approvals'] });
    const client = clientOf(simulator);
    const [listed] = (await client.conversations.list()).channels ?? [];
    const channel = String(listed?.id);
    const post = () => codeOf(client.chat.postMessage({ channel, text: 'x' }));

    await client.conversations.leave({ channel });
    expect(await post()).toBe('not_in_channel');
    expect((await client.users.conversations({})).channels).toEqual([]);
    expect(await codeOf(client.conversations.history({ channel }))).toBe('not_in_channel');
    await client.conversations.join({ channel });
    expect(await post()).toBe('ok');

    await client.conversations.archive({ channel });
    expect(await post()).toBe('is_archived');
    const [{ ts } = { ts: '' }] = simulator.messages('approvals');
    expect(await codeOf(client.chat.update({ channel, ts, text: 'x' }))).toBe('is_inactive');
    await client.conversations.unarchive({ channel });
    expect(await post()).toBe('ok');
  });
});

test('people are known with what others may see of them', async () => {
  const client = clientOf(await workspace());
  const { user } = await client.users.info({ user: alice.id });
  expect(user).toMatchObject({
    name: 'alice',
    team_id: 'T0SIM',
    deleted: false,
    profile: { email: alice.email },
  });
  expect(user).not.toHaveProperty('is_stranger');
  expect((await client.users.info({ user: guest.id })).user).toMatchObject({
    team_id: 'T0OTHER',
    is_stranger: true,
  });
  expect((await client.users.lookupByEmail({ email: 'ALICE@example.com' })).user?.id).toBe(alice.id);
});

test('a channel keeps its newest 5,000 messages', () => {
  const { channels, messages } = newWorkspace({ users: [] }, () => 'http://localhost');
  const channel = channels.named('approvals');
  for (let n = 0; n < 5_003; n += 1) messages.post(channel, { text: String(n), blocks: [] });
  const kept = [...channel.messages.values()];
  expect(kept).toHaveLength(5_000);
  expect([kept[0]?.text, kept.at(-1)?.text]).toEqual(['3', '5002']);
});
