import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import type { BlockAction } from '@slack/bolt';
import { WebSocket } from 'ws';
import type { Simulator } from '../src/index.ts';
import { socketApp } from './support/app.ts';
import { actions, button, input, modal } from './support/blocks.ts';
import { alice, atEnd, clientOf, codeOf, eventually, workspace } from './support/workspace.ts';

const view = modal([input('why', { type: 'plain_text_input', action_id: 'reason' })]);

async function click(simulator: Simulator, actionId = 'go') {
  const blocks = [actions('row', button(actionId))];
  const { ts } = await clientOf(simulator).chat.postMessage({ channel: 'approvals', text: 'x', blocks });
  return simulator.click({ user: alice.id, channel: 'approvals', ts: String(ts), actionId });
}

/** A connection of one's own. */
async function connected(simulator: Simulator): Promise<WebSocket> {
  const { url } = await clientOf(simulator, {}, simulator.appToken).apps.connections.open();
  const socket = new WebSocket(String(url));
  atEnd(() => socket.terminate());
  const [hello] = await once(socket, 'message');
  expect(JSON.parse(String(hello))).toMatchObject({ type: 'hello', connection_info: { app_id: 'A0SIM' } });
  return socket;
}

describe('the real Bolt in Socket Mode', () => {
  test('gets clicks and submissions, and its answers are done', async () => {
    const simulator = await workspace({ interactionUrl: 'http://127.0.0.1:1/never' });
    await socketApp(simulator, (app) => {
      app.action<BlockAction>('go', async ({ ack, body, client }) => {
        await ack();
        await client.views.open({ trigger_id: body.trigger_id, view });
      });
      app.view('modal', async ({ ack, view: { state } }) => {
        const said = state.values.why?.reason?.value;
        if (said === 'no') await ack({ response_action: 'errors', errors: { why: 'Say more' } });
        else await ack();
      });
    });

    expect(await click(simulator)).toMatchObject({ status: 200, body: '' });
    await eventually(simulator, () => simulator.openView('alice') !== null);
    const refused = await simulator.submit('alice', { why: 'no' });
    expect(JSON.parse(refused.body)).toEqual({ response_action: 'errors', errors: { why: 'Say more' } });
    expect(simulator.openView('alice')?.errors).toEqual({ why: 'Say more' });
    await simulator.submit('alice', { why: 'because' });
    expect(simulator.openView('alice')).toBeNull();
  });
});

describe('connections', () => {
  test('take turns, and one that leaves is not waited for', async () => {
    const simulator = await workspace();
    const [first, second] = [await connected(simulator), await connected(simulator)];
    const got: string[] = [];
    for (const [name, socket] of [
      ['first', first],
      ['second', second],
    ] as const) {
      socket.on('message', (data) => {
        const { envelope_id, payload } = JSON.parse(String(data));
        got.push(`${name} ${payload.type}`);
        if (name === 'second') socket.send(JSON.stringify({ envelope_id }));
        else socket.terminate();
      });
    }
    expect(await click(simulator)).toMatchObject({ status: 0, body: 'disconnected' });
    expect(await click(simulator)).toMatchObject({ status: 200 });
    expect(await click(simulator)).toMatchObject({ status: 200 });
    expect(got).toEqual(['first block_actions', 'second block_actions', 'second block_actions']);
  });

  test('what is no acknowledgement ends the connection', async () => {
    const socket = await connected(await workspace());
    socket.send('hello?');
    expect(await once(socket, 'close')).toMatchObject({ 0: 1003 });
  });

  test('need an app token', async () => {
    const simulator = await workspace();
    expect(await codeOf(clientOf(simulator).apps.connections.open())).toBe('not_allowed_token_type');
  });

  test('end with the simulator', async () => {
    const simulator = await workspace();
    const socket = await connected(simulator);
    const closed = once(socket, 'close');
    await simulator.stop();
    await closed;
  });
});
