import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WebClient } from '@slack/web-api';
import { blockFaults, type Simulator, startSimulator, viewFaults } from '../../src/index.ts';
import { actions, button, input, modal, mrkdwn, option, plain, section } from '../support/blocks.ts';
import { alice, clientOf, codeOf } from '../support/workspace.ts';

let simulator: Simulator;
let client: WebClient;
beforeAll(async () => {
  simulator = await startSimulator({ users: [alice] });
  client = clientOf(simulator);
});
afterAll(() => simulator.stop());

const x = (length: number): string => 'x'.repeat(length);
const times = <Item>(count: number, make: (n: number) => Item): Item[] =>
  Array.from({ length: count }, (_, n) => make(n));
const options = (count: number) => times(count, (n) => option(`o${n}`));
const element = (type: string, rest: object) => ({ type, action_id: 'a', ...rest });
const boxes = (one: object) => actions('b', element('checkboxes', { options: [{ ...option('v'), ...one }] }));
const confirm = (rest: object) =>
  actions('b', { ...button('go'), confirm: { text: plain('Sure?'), ...rest } });

/** What is as large as it may be, for a number; one more must be refused. */
type Row = readonly [what: string, max: number, blocks: (size: number) => unknown];

const messages: readonly Row[] = [
  ['blocks of a message', 50, (n) => times(n, () => ({ type: 'divider' }))],
  ['block_id', 255, (n) => [{ type: 'divider', block_id: x(n) }]],
  ['action_id', 255, (n) => [actions('b', { ...button('go'), action_id: x(n) })]],
  ['section text', 3_000, (n) => [section(x(n))]],
  ['section fields', 10, (n) => [{ type: 'section', fields: times(n, () => mrkdwn('x')) }]],
  ['section field', 2_000, (n) => [{ type: 'section', fields: [plain(x(n))] }]],
  ['header', 150, (n) => [{ type: 'header', text: plain(x(n)) }]],
  ['context elements', 10, (n) => [{ type: 'context', elements: times(n, () => mrkdwn('x')) }]],
  ['context text', 3_000, (n) => [{ type: 'context', elements: [mrkdwn(x(n))] }]],
  ['actions elements', 25, (n) => [actions('b', ...times(n, (i) => button(`b${i}`)))]],
  ['button text', 75, (n) => [actions('b', { ...button('go'), text: plain(x(n)) })]],
  ['button value', 2_000, (n) => [actions('b', button('go', x(n)))]],
  ['button url', 3_000, (n) => [actions('b', { ...button('go'), url: x(n) })]],
  ['button accessibility_label', 75, (n) => [actions('b', { ...button('go'), accessibility_label: x(n) })]],
  ['checkboxes', 10, (n) => [actions('b', element('checkboxes', { options: options(n) }))]],
  ['radio buttons', 10, (n) => [actions('b', element('radio_buttons', { options: options(n) }))]],
  ['overflow options', 5, (n) => [actions('b', element('overflow', { options: options(n) }))]],
  [
    'overflow option url',
    3_000,
    (n) => [actions('b', element('overflow', { options: [{ ...option('v'), url: x(n) }] }))],
  ],
  ['select options', 100, (n) => [actions('b', element('static_select', { options: options(n) }))]],
  [
    'multi-select options',
    100,
    (n) => [actions('b', element('multi_static_select', { options: options(n) }))],
  ],
  [
    'option groups',
    100,
    (n) => [
      actions(
        'b',
        element('static_select', {
          option_groups: times(n, (i) => ({ label: plain('g'), options: [option(`o${i}`)] })),
        }),
      ),
    ],
  ],
  [
    'option group label',
    75,
    (n) => [
      actions(
        'b',
        element('static_select', { option_groups: [{ label: plain(x(n)), options: options(1) }] }),
      ),
    ],
  ],
  [
    'placeholder',
    150,
    (n) => [actions('b', element('static_select', { options: options(1), placeholder: plain(x(n)) }))],
  ],
  ['option text', 75, (n) => [boxes({ text: mrkdwn(x(n)) })]],
  ['option value', 75, (n) => [boxes({ value: x(n) })]],
  ['option description', 75, (n) => [boxes({ description: plain(x(n)) })]],
  ['confirm title', 100, (n) => [confirm({ title: plain(x(n)) })]],
  ['confirm text', 300, (n) => [confirm({ text: mrkdwn(x(n)) })]],
  ['confirm button', 30, (n) => [confirm({ confirm: plain(x(n)) })]],
  ['confirm cancel button', 30, (n) => [confirm({ deny: plain(x(n)) })]],
  [
    'image alt_text',
    2_000,
    (n) => [{ type: 'image', image_url: 'https://example.com/a.png', alt_text: x(n) }],
  ],
  [
    'image title',
    2_000,
    (n) => [{ type: 'image', image_url: 'https://example.com/a.png', alt_text: 'a', title: plain(x(n)) }],
  ],
  ['image_url', 3_000, (n) => [{ type: 'image', image_url: x(n), alt_text: 'a' }]],
  ['markdown', 12_000, (n) => [{ type: 'markdown', text: x(n) }]],
  [
    'markdown blocks together',
    12_000,
    (n) => [
      { type: 'markdown', text: x(n - 1) },
      { type: 'markdown', text: 'x' },
    ],
  ],
  ['input label', 2_000, (n) => [{ ...input('b', element('plain_text_input', {})), label: plain(x(n)) }]],
  ['input hint', 2_000, (n) => [input('b', element('plain_text_input', {}), { hint: plain(x(n)) })]],
];

describe('messages', () => {
  test.each(messages)('%s: %d', async (_what, max, blocks) => {
    const post = (size: number) =>
      codeOf(client.apiCall('chat.postMessage', { channel: 'approvals', text: 'x', blocks: blocks(size) }));
    expect(blockFaults(blocks(max), 'message')).toEqual([]);
    expect(await post(max)).toBe('ok');
    expect(blockFaults(blocks(max + 1), 'message')).not.toEqual([]);
    expect(await post(max + 1)).toBe('invalid_blocks');
  });

  test('all text together: 13,200, each block counted with 50', async () => {
    const blocks = (size: number) => [...times(4, () => section(x(3_000))), section(x(size))];
    const post = (size: number) =>
      codeOf(client.chat.postMessage({ channel: 'approvals', text: 'x', blocks: blocks(size) }));
    const max = 13_200 - 12_000 - 5 * 50;
    expect(blockFaults(blocks(max), 'message')).toEqual([]);
    expect(await post(max)).toBe('ok');
    expect(blockFaults(blocks(max + 1), 'message')).toEqual([
      expect.stringContaining('all text of a message'),
    ]);
    expect(await post(max + 1)).toBe('msg_blocks_too_long');
    expect(blockFaults(blocks(max + 1), 'modal')).toEqual([]);
  });

  test.each([
    [11_341, 45, 1],
    [9_597, 50, 0],
    [6_020, 33, 0],
  ])('agrees with what was measured on Slack: %d characters in %d blocks', (length, count, faults) => {
    const blocks = times(count, (n) => section(x(Math.floor((length + n) / count))));
    expect(blockFaults(blocks, 'message')).toHaveLength(faults);
  });
});

const withBlocks = (blocks: unknown) => modal(blocks as never);
const input3000 = (rest: object) => withBlocks([input('b', element('plain_text_input', rest))]);

const views: readonly Row[] = [
  ['blocks of a modal', 100, (n) => withBlocks(times(n, () => ({ type: 'divider' })))],
  ['title', 24, (n) => modal([section('x')], { title: plain(x(n)) })],
  ['submit', 24, (n) => modal([section('x')], { submit: plain(x(n)) })],
  ['close', 24, (n) => modal([section('x')], { close: plain(x(n)) })],
  ['private_metadata', 3_000, (n) => modal([section('x')], { private_metadata: x(n) })],
  ['callback_id', 255, (n) => modal([section('x')], { callback_id: x(n) })],
  ['external_id', 255, (n) => modal([section('x')], { external_id: x(n) })],
  ['plain_text_input max_length', 3_000, (n) => input3000({ max_length: n })],
  ['plain_text_input min_length', 3_000, (n) => input3000({ min_length: n })],
  ['plain_text_input initial_value', 3_000, (n) => input3000({ initial_value: x(n) })],
  [
    'plain_text_input initial_value by its own max_length',
    7,
    (n) => input3000({ max_length: 7, initial_value: x(n) }),
  ],
  ['plain_text_input placeholder', 150, (n) => input3000({ placeholder: plain(x(n)) })],
];

describe('modals', () => {
  const open = async (view: unknown): Promise<string> => {
    const trigger = await triggerId();
    return codeOf(client.apiCall('views.open', { trigger_id: trigger, view }));
  };

  test.each(views)('%s: %d', async (_what, max, view) => {
    expect(viewFaults(view(max))).toEqual([]);
    expect(await open(view(max))).toBe('ok');
    expect(viewFaults(view(max + 1))).not.toEqual([]);
    expect(await open(view(max + 1))).toBe('invalid_arguments');
    await simulator.close(alice.id);
  });

  test('a view is at most 250,000 bytes', async () => {
    const fields = times(10, () => mrkdwn('é'.repeat(2_000)));
    const size = (count: number) => withBlocks(times(count, () => ({ type: 'section', fields })));
    expect(viewFaults(size(6))).toEqual([]);
    expect(await open(size(6))).toBe('ok');
    expect(viewFaults(size(7))).toEqual(['must be less than 250001 bytes [json-pointer:/view]']);
    expect(await open(size(7))).toBe('view_too_large');
    await simulator.close(alice.id);
  });

  /** Of a click, which nobody answers. */
  async function triggerId(): Promise<string> {
    const posted = await client.chat.postMessage({
      channel: 'clicks',
      text: 'x',
      blocks: [actions('b', button('go'))],
    });
    simulator.deliverTo('http://127.0.0.1:1/');
    const click = await simulator.click({
      user: alice.id,
      channel: 'clicks',
      ts: String(posted.ts),
      actionId: 'go',
    });
    const payload = JSON.parse(new URLSearchParams(click.request.body).get('payload') ?? '');
    return payload.trigger_id;
  }
});
