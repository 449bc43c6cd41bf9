import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { type BlockAction, verifySlackRequest } from '@slack/bolt';
import type { Delivery, Simulator } from '../../src/index.ts';
import { boltApp } from '../support/app.ts';
import { actions, button, option, section } from '../support/blocks.ts';
import { alice, atEnd, bob, clientOf, guest, handClock, workspace } from '../support/workspace.ts';

const boxes = { type: 'checkboxes', action_id: 'ack', options: [option('sre'), option('dba')] };
const overflow = { type: 'overflow', action_id: 'more', options: [option('cancel'), option('open')] };
const menu = {
  type: 'static_select',
  action_id: 'pick',
  options: [option('x'), option('y')],
  initial_option: option('x'),
};

async function posted(simulator: Simulator, ...elements: object[]): Promise<string> {
  const blocks = [section('hi'), actions('row', button('go', 'target'), ...elements)];
  const { ts } = await clientOf(simulator).chat.postMessage({ channel: 'approvals', text: 'hi', blocks });
  return String(ts);
}

function payloadOf(delivery: Delivery): BlockAction {
  return JSON.parse(new URLSearchParams(delivery.request.body).get('payload') ?? '');
}

/** Something that listens and answers with this. */
async function listener(simulator: Simulator, status = 200, body = ''): Promise<void> {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => server.close());
  simulator.deliverTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`);
}

describe('a click', () => {
  test('reaches the real Bolt, which answers it', async () => {
    const simulator = await workspace();
    const seen: unknown[] = [];
    await boltApp(simulator, (app) => {
      app.action('go', async ({ ack, action, body }) => {
        await ack();
        seen.push([action, body.user]);
      });
    });
    const ts = await posted(simulator);
    const delivery = await simulator.click({ user: 'alice', channel: '#approvals', ts, actionId: 'go' });
    expect(delivery).toMatchObject({ status: 200, body: '' });
    expect(delivery.milliseconds).toBeGreaterThan(0);
    expect(seen).toEqual([
      [
        expect.objectContaining({ type: 'button', action_id: 'go', block_id: 'row', value: 'target' }),
        { id: alice.id, username: 'alice', name: 'alice', team_id: 'T0SIM' },
      ],
    ]);
  });

  test('is signed as Slack signs, at the time of the clock', async () => {
    const clock = handClock();
    const simulator = await workspace({ clock, signingSecret: 'secret' });
    await listener(simulator);
    const ts = await posted(simulator);
    const { request } = await simulator.click({ user: 'alice', channel: 'approvals', ts, actionId: 'go' });
    expect(request.headers['content-type']).toBe('application/x-www-form-urlencoded');
    const headers = {
      'x-slack-signature': String(request.headers['x-slack-signature']),
      'x-slack-request-timestamp': Number(request.headers['x-slack-request-timestamp']),
    };
    const verify = (signingSecret: string) =>
      verifySlackRequest({ signingSecret, body: request.body, headers, nowMilliseconds: clock() * 1_000 });
    expect(() => verify('secret')).not.toThrow();
    expect(() => verify('other')).toThrow('signature mismatch');
    expect(headers['x-slack-request-timestamp']).toBe(1_700_000_000);
  });

  test('says who, where, and what the message is at that moment', async () => {
    const simulator = await workspace();
    await listener(simulator);
    const ts = await posted(simulator, menu);
    const [message] = simulator.messages('approvals');
    const payload = payloadOf(
      await simulator.click({ user: guest.id, channel: 'approvals', ts, actionId: 'go' }),
    );
    expect(payload).toMatchObject({
      type: 'block_actions',
      api_app_id: 'A0SIM',
      team: { id: 'T0SIM', domain: 'simulator' },
      user: { id: guest.id, team_id: 'T0OTHER' },
      container: { type: 'message', message_ts: ts, channel_id: message?.channel, is_ephemeral: false },
      channel: { id: message?.channel, name: 'approvals' },
      message: { ts, text: 'hi', blocks: message?.blocks },
      state: { values: { row: { pick: { type: 'static_select', selected_option: option('x') } } } },
    });
    expect(payload.response_url).toContain(simulator.url);
    expect(payload.trigger_id).toMatch(/^\d+\.\d+\.[0-9a-f]{32}$/);
    expect(payload.state?.values.row).not.toHaveProperty('go');
  });

  test('on a menu brings the option', async () => {
    const simulator = await workspace();
    await listener(simulator);
    const ts = await posted(simulator, overflow, menu);
    const click = { user: 'alice', channel: 'approvals', ts };
    const more = payloadOf(await simulator.click({ ...click, actionId: 'more', selected: ['open'] }));
    expect(more.actions).toMatchObject([{ type: 'overflow', selected_option: option('open') }]);
    const pick = payloadOf(await simulator.click({ ...click, actionId: 'pick', selected: ['y'] }));
    expect(pick.actions).toMatchObject([{ type: 'static_select', selected_option: option('y') }]);
    expect(pick.state?.values.row?.pick).toMatchObject({ selected_option: option('y') });
  });

  test.each<[string, object, string]>([
    [
      'an element that is not there',
      { actionId: 'stop' },
      'no element stop here; there is go (block row), ack (block row)',
    ],
    ['another block', { actionId: 'go', blockId: 'other' }, 'no element go in block other'],
    ['a user who is not there', { user: 'nobody' }, 'no user nobody'],
    ['a channel that is not there', { channel: 'nowhere' }, 'sees no channel nowhere'],
    ['a message that is not there', { ts: '1.000001' }, 'sees no message 1.000001'],
    ['boxes without saying which', { actionId: 'ack' }, 'ack is a checkboxes: say what is selected'],
    [
      'a box that is not there',
      { actionId: 'ack', selected: ['ceo'] },
      'ack has no option "ceo"; it has sre, dba',
    ],
    ['a button with options', { selected: ['x'] }, 'go is a button'],
  ])('on %s is an error', async (_what, wrong, message) => {
    const simulator = await workspace();
    await listener(simulator);
    const ts = await posted(simulator, boxes);
    const click = { user: 'alice', channel: 'approvals', ts, actionId: 'go', ...wrong };
    await expect(simulator.click(click)).rejects.toThrow(message);
  });

  test('on one of several needs the block', async () => {
    const simulator = await workspace();
    await listener(simulator);
    const blocks = [actions('a', button('go', '1')), actions('b', button('go', '2'))];
    const { ts } = await clientOf(simulator).chat.postMessage({ channel: 'approvals', text: 'x', blocks });
    const click = { user: 'alice', channel: 'approvals', ts: String(ts), actionId: 'go' };
    await expect(simulator.click(click)).rejects.toThrow('several elements go: say which block of a, b');
    expect(payloadOf(await simulator.click({ ...click, blockId: 'b' })).actions).toMatchObject([
      { value: '2' },
    ]);
  });

  test('with nobody to hear it is an error; with nobody there, or no answer, its delivery says so', async () => {
    const simulator = await workspace();
    const ts = await posted(simulator);
    const click = { user: 'alice', channel: 'approvals', ts, actionId: 'go' };
    await expect(simulator.click(click)).rejects.toThrow('nobody listens');
    simulator.deliverTo('http://127.0.0.1:1/');
    expect(await simulator.click(click)).toMatchObject({
      status: 0,
      body: expect.stringContaining('ECONNREFUSED'),
    });
    await listener(simulator, 500, 'oops');
    expect(await simulator.click(click)).toMatchObject({ status: 500, body: 'oops' });
  });

  test('waits three seconds for its answer, not longer', async () => {
    const simulator = await workspace();
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    atEnd(() => server.close());
    simulator.deliverTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const ts = await posted(simulator);
    const delivery = await simulator.click({ user: 'alice', channel: 'approvals', ts, actionId: 'go' });
    expect(delivery).toMatchObject({ status: 0, body: 'operation_timeout' });
    expect(delivery.milliseconds).toBeGreaterThan(3_000);
  });
});

describe('boxes', () => {
  test('are ticked for one person, until the message is drawn with another block id', async () => {
    const simulator = await workspace();
    const client = clientOf(simulator);
    await listener(simulator);
    const ts = await posted(simulator, boxes);
    const channel = String(simulator.messages('approvals')[0]?.channel);
    const click = async (user: string, actionId: string, selected?: string[]) => {
      const delivery = await simulator.click({ user, channel, ts, actionId, ...(selected && { selected }) });
      const ack = payloadOf(delivery).state?.values.row?.ack ?? payloadOf(delivery).state?.values.row2?.ack;
      return ack?.selected_options?.map(({ value }) => value);
    };
    const redraw = (blockId: string) =>
      client.chat.update({ channel, ts, text: 'hi', blocks: [actions(blockId, button('go'), boxes)] });

    expect(await click('alice', 'ack', ['dba', 'sre'])).toEqual(['sre', 'dba']);
    expect(await click('bob', 'go')).toEqual([]);
    await redraw('row');
    expect(await click('alice', 'go')).toEqual(['sre', 'dba']);
    await redraw('row2');
    expect(await click('alice', 'go')).toEqual([]);
  });
});

describe('who sees what', () => {
  test("a direct channel is its owner's, an ephemeral message its reader's", async () => {
    const simulator = await workspace();
    const client = clientOf(simulator);
    await listener(simulator);
    const blocks = [actions('row', button('go'))];
    const direct = await client.chat.postMessage({ channel: alice.id, text: 'x', blocks });
    await client.chat.postMessage({ channel: 'approvals', text: 'x' });
    const shown = await client.chat.postEphemeral({ channel: 'approvals', user: bob.id, text: 'x', blocks });
    const click = (user: string, channel: string, ts: unknown) =>
      simulator.click({ user, channel, ts: String(ts), actionId: 'go' });

    await expect(click('bob', '@alice', direct.ts)).rejects.toThrow('bob sees no channel @alice');
    expect(payloadOf(await click('alice', '@alice', direct.ts)).channel).toMatchObject({
      name: 'directmessage',
    });
    await expect(click('alice', 'approvals', shown.message_ts)).rejects.toThrow('alice sees no message');
    const ephemeral = payloadOf(await click('bob', 'approvals', shown.message_ts));
    expect(ephemeral.container).toMatchObject({ is_ephemeral: true });
    expect(ephemeral).not.toHaveProperty('message');
  });
});
