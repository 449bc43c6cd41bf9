import { describe, expect, test } from '@jest/globals';
import type { RespondFn } from '@slack/bolt';
import type { Simulator } from '../../src/index.ts';
import { boltApp } from '../support/app.ts';
import { actions, button, section } from '../support/blocks.ts';
import { alice, clientOf, handClock, workspace } from '../support/workspace.ts';

const blocks = [actions('row', button('go'))];

/** Bolt's `respond` of a click on a message; ephemeral, or for all. */
async function respondOf(simulator: Simulator, isEphemeral = false): Promise<RespondFn> {
  const responds: RespondFn[] = [];
  await boltApp(simulator, (app) => {
    app.action('go', async ({ ack, respond }) => {
      responds.push(respond);
      await ack();
    });
  });
  const client = clientOf(simulator);
  const message = { channel: 'approvals', text: 'original', blocks };
  const posted = isEphemeral
    ? (await client.chat.postEphemeral({ ...message, user: alice.id })).message_ts
    : (await client.chat.postMessage(message)).ts;
  await simulator.click({ user: alice.id, channel: 'approvals', ts: String(posted), actionId: 'go' });
  const [respond] = responds;
  if (!respond) throw new Error('the click did not arrive');
  return respond;
}

const seen = (simulator: Simulator) =>
  simulator.messages('approvals').map(({ text, ephemeralFor }) => [text, ephemeralFor]);

describe("Bolt's respond()", () => {
  test('answers privately where asked to leave the original', async () => {
    const simulator = await workspace();
    const respond = await respondOf(simulator);
    await respond({ text: 'only you', response_type: 'ephemeral', replace_original: false });
    await respond({ text: 'all', response_type: 'in_channel', replace_original: false });
    expect(seen(simulator)).toEqual([
      ['original', undefined],
      ['only you', alice.id],
      ['all', undefined],
    ]);
  });

  test('replaces the original when it does not say', async () => {
    const simulator = await workspace();
    const respond = await respondOf(simulator);
    await respond('instead');
    expect(simulator.messages('approvals')).toMatchObject([{ text: 'instead', blocks: [] }]);
  });

  test.each([false, true])('replaces and deletes the original, ephemeral: %s', async (isEphemeral) => {
    const simulator = await workspace();
    const respond = await respondOf(simulator, isEphemeral);
    await respond({ text: 'instead', replace_original: true, blocks: [section('instead')] });
    expect(seen(simulator)).toEqual([['instead', isEphemeral ? alice.id : undefined]]);
    await respond({ delete_original: true });
    expect(seen(simulator)).toEqual([]);
  });

  test('is good for five answers', async () => {
    const simulator = await workspace();
    const respond = await respondOf(simulator);
    for (let n = 0; n < 5; n += 1) await respond({ text: String(n), replace_original: false });
    await expect(respond({ text: 'six', replace_original: false })).rejects.toMatchObject({
      statusCode: 404,
    });
    expect(simulator.messages('approvals')).toHaveLength(6);
  });

  test('is good for thirty minutes', async () => {
    const clock = handClock(Date.now() / 1_000);
    const simulator = await workspace({ clock });
    const respond = await respondOf(simulator);
    clock.advance(30 * 60);
    await respond({ text: 'just in time', replace_original: false });
    clock.advance(1);
    await expect(respond({ text: 'late', replace_original: false })).rejects.toThrow();
    expect(simulator.messages('approvals')).toHaveLength(2);
  });

  test('is refused what Slack would not take', async () => {
    const simulator = await workspace();
    const respond = await respondOf(simulator);
    await expect(respond({ text: '', replace_original: false })).rejects.toThrow();
    await expect(respond({ blocks: [section('')], replace_original: false })).rejects.toThrow();
    expect(simulator.messages('approvals')).toHaveLength(1);
  });
});
