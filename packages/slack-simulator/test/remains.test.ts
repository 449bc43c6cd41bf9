import { describe, expect, test } from '@jest/globals';
import { type Remains, toRemains } from '../src/index.ts';
import { button, section } from './support/blocks.ts';
import { alice, bob, clientOf, handClock, workspace } from './support/workspace.ts';

const metadata = { event_type: 'item', event_payload: { request_id: 'r1', key: 'message' } };

/** As a file would keep them. */
function kept(remains: Remains): Remains {
  return toRemains(JSON.parse(JSON.stringify(remains)));
}

describe('what remains of a workspace', () => {
  test('goes on in the next: the same channels, messages, threads and direct messages, to be changed and replied to', async () => {
    const before = await workspace();
    const first = clientOf(before);
    const blocks = [section('hello'), { type: 'actions', elements: [button('go')] } as const];
    const root = await first.chat.postMessage({ channel: '#approvals', text: 'hello', blocks, metadata });
    const place = { channel: String(root.channel), ts: String(root.ts) };
    await first.chat.postMessage({ channel: place.channel, text: 'reply', thread_ts: place.ts });
    await first.chat.postMessage({ channel: bob.id, text: 'direct' });
    await first.conversations.archive({
      channel: String((await first.chat.postMessage({ channel: 'old', text: 'x' })).channel),
    });
    const remains = kept(before.remains());
    await before.stop();

    const after = await workspace({ remains });
    const second = clientOf(after);
    expect(after.messages('#approvals')).toEqual(before.messages('#approvals'));
    expect(after.messages(bob.id).map(({ text }) => text)).toEqual(['direct']);
    await expect(second.chat.postMessage({ channel: 'old', text: 'y' })).rejects.toThrow('is_archived');
    await second.chat.update({ ...place, text: 'changed' });
    await second.chat.postMessage({ channel: place.channel, text: 'another', thread_ts: place.ts });
    expect(after.messages('approvals').map(({ text, threadTs }) => [text, threadTs])).toEqual([
      ['changed', undefined],
      ['reply', place.ts],
      ['another', place.ts],
    ]);
    expect(kept(after.remains()).channels).toHaveLength(3);
  });

  test('can be clicked', async () => {
    const before = await workspace();
    const { channel, ts } = await clientOf(before).chat.postMessage({
      channel: 'approvals',
      text: 'hello',
      blocks: [{ type: 'actions', elements: [button('go')] }],
    });
    const after = await workspace({
      remains: kept(before.remains()),
      interactionUrl: `${before.url}/nowhere`,
    });
    const click = { user: alice.id, channel: String(channel), ts: String(ts), actionId: 'go' };
    expect((await after.click(click)).status).toBe(404);
  });

  test('holds nothing that one person only saw', async () => {
    const before = await workspace();
    const client = clientOf(before);
    const { channel } = await client.chat.postMessage({ channel: 'approvals', text: 'for all' });
    await client.chat.postEphemeral({ channel: String(channel), user: alice.id, text: 'for one' });
    expect(before.messages('approvals')).toHaveLength(2);
    expect(before.remains().channels[0]?.messages.map(({ text }) => text)).toEqual(['for all']);
  });

  test('keeps timestamps in order, even where the clock goes back', async () => {
    const before = await workspace({ clock: handClock(1_700_000_000) });
    const { ts } = await clientOf(before).chat.postMessage({ channel: 'approvals', text: 'one' });
    const after = await workspace({ clock: handClock(1_600_000_000), remains: kept(before.remains()) });
    const next = await clientOf(after).chat.postMessage({ channel: 'approvals', text: 'two' });
    expect(Number(next.ts)).toBeGreaterThan(Number(ts));
  });

  test('of people who have left is left out', async () => {
    const before = await workspace();
    await clientOf(before).chat.postMessage({ channel: bob.id, text: 'direct' });
    const after = await workspace({ users: [alice], remains: kept(before.remains()) });
    expect(after.remains().channels).toEqual([]);
  });

  test.each([
    null,
    {},
    { channels: [{}] },
    { channels: [{ id: 'C1', name: 'a', kind: 'channel', messages: [1] }] },
  ])('is not %j', (read) => {
    expect(() => toRemains(read)).toThrow('no channels of a workspace');
  });
});
