import { describe, expect, test } from '@jest/globals';
import type { Scene } from '../src/interactions/scene.ts';
import { seamOf } from '../src/seam.ts';
import { newWorkspace } from '../src/workspace/workspace.ts';
import { actions, button, modal, option, section } from './support/blocks.ts';
import { alice, bob, gone, robot } from './support/workspace.ts';

const boxes = { type: 'checkboxes', action_id: 'ack', options: [option('sre')] };

/** A workspace without a server, whose clicks arrive nowhere. */
function scene() {
  const url = (): string => 'http://localhost';
  const workspace = newWorkspace({ users: [alice, bob, gone, robot], appName: 'ledger' }, url);
  const request = { url: '', headers: {}, body: '' };
  const send: Scene['send'] = async () => ({ status: 200, body: '', milliseconds: 0, request });
  return { workspace, seam: seamOf({ workspace, send, responseUrl: url }) };
}

describe('what a person sees on the page', () => {
  test('one can be anybody who is neither a bot nor gone', () => {
    const { seam } = scene();
    expect(seam.users()).toEqual([
      { id: alice.id, name: 'alice' },
      { id: bob.id, name: 'bob' },
    ]);
    expect(seam.stateFor(robot.id)).toBeNull();
    expect(seam.stateFor('U0NOBODY')).toBeNull();
  });

  test("every channel and one's own direct one, with the ephemeral messages of one's own", () => {
    const { workspace, seam } = scene();
    const { channels, messages, people } = workspace;
    const approvals = channels.named('#approvals');
    const root = messages.post(approvals, { text: 'root', blocks: [] });
    messages.post(approvals, { text: 'for alice', blocks: [], ephemeralFor: alice.id });
    messages.post(approvals, { text: 'reply', blocks: [], threadTs: root.ts });
    const toAlice = channels.directWith(people.get(alice.id) as NonNullable<ReturnType<typeof people.get>>);
    messages.post(toAlice, { text: 'direct', blocks: [] });

    const seen = (user: string) =>
      seam
        .stateFor(user)
        ?.channels.map(({ kind, name, messages: shown }) => [kind, name, ...shown.map(({ text }) => text)]);
    expect(seen(alice.id)).toEqual([
      ['channel', 'approvals', 'root', 'for alice', 'reply'],
      ['direct', 'ledger', 'direct'],
    ]);
    expect(seen(bob.id)).toEqual([['channel', 'approvals', 'root', 'reply']]);
    expect(seam.stateFor(bob.id)?.channels[0]?.messages).toMatchObject([
      { author: 'ledger' },
      { threadTs: root.ts },
    ]);
  });

  test('the newest 500 messages of a channel', () => {
    const { workspace, seam } = scene();
    const channel = workspace.channels.named('approvals');
    for (let n = 0; n < 501; n += 1) workspace.messages.post(channel, { text: String(n), blocks: [] });
    const shown = seam.stateFor(alice.id)?.channels[0]?.messages;
    expect([shown?.length, shown?.[0]?.text]).toEqual([500, '1']);
  });

  test("one's own ticks, and one's own modals from the bottom up; every change is told", async () => {
    const { workspace, seam } = scene();
    const message = workspace.messages.post(workspace.channels.named('approvals'), {
      text: 'x',
      blocks: [actions('row', boxes, button('go'))],
    });
    let changes = 0;
    const end = seam.onChange(() => {
      changes += 1;
    });
    await seam.click({
      user: alice.id,
      channel: 'approvals',
      ts: message.ts,
      actionId: 'ack',
      selected: ['sre'],
    });
    const selected = (user: string) => seam.stateFor(user)?.channels[0]?.messages[0]?.selected;
    expect(selected(alice.id)).toEqual([{ blockId: 'row', actionId: 'ack', values: ['sre'] }]);
    expect(selected(bob.id)).toEqual([]);
    expect(changes).toBe(1);

    const bottom = workspace.views.open(alice.id, modal([section('bottom')]));
    const top = workspace.views.push(alice.id, modal([section('top')]));
    expect(seam.stateFor(alice.id)?.views.map(({ id }) => id)).toEqual([bottom.id, top.id]);
    expect(seam.stateFor(bob.id)?.views).toEqual([]);
    expect(changes).toBe(3);
    end();
    await seam.close(alice.id);
    expect(changes).toBe(3);
  });
});
