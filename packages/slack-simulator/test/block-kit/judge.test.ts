import { describe, expect, test } from '@jest/globals';
import { blockFaults, viewFaults } from '../../src/index.ts';
import { actions, button, input, modal, mrkdwn, option, plain, section } from '../support/blocks.ts';

const select = (rest: object) => ({ type: 'static_select', action_id: 's', ...rest });
const boxes = (rest: object) => ({
  type: 'checkboxes',
  action_id: 'c',
  options: [option('a'), option('b')],
  ...rest,
});
const number = (rest: object) =>
  input('n', { type: 'number_input', action_id: 'n', is_decimal_allowed: false, ...rest });
const text = (rest: object) => input('t', { type: 'plain_text_input', action_id: 't', ...rest });

const taken: readonly (readonly [string, unknown])[] = [
  ['no blocks, to take them away', []],
  [
    'section with text, fields and accessory',
    [{ type: 'section', text: mrkdwn('x'), fields: [plain('y')], accessory: button('go') }],
  ],
  [
    'context with image',
    [
      {
        type: 'context',
        elements: [{ type: 'image', image_url: 'https://example.com/x', alt_text: 'x' }, mrkdwn('x')],
      },
    ],
  ],
  ['boxes ticked at first', [actions('b', boxes({ initial_options: [option('b')] }))]],
  ['overflow with one option', [actions('b', { type: 'overflow', action_id: 'o', options: [option('a')] })]],
  [
    'menu of groups',
    [
      actions(
        'b',
        select({
          option_groups: [{ label: plain('g'), options: [option('a')] }],
          initial_option: option('a'),
        }),
      ),
    ],
  ],
  ['the same action id in two blocks', [actions('a', button('go')), actions('b', button('go'))]],
  ['an input in a message', [text({})]],
  [
    'a date picker, which is not judged closely',
    [actions('b', { type: 'datepicker', action_id: 'd', initial_date: '2026-01-01' })],
  ],
  [
    'rich text',
    [
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'x' }] }],
      },
    ],
  ],
  ['numbers as strings', [number({ initial_value: '5', min_value: '-1', max_value: '10' })]],
  ['an empty plain value', [actions('b', button('go', ''))]],
];

const refused: readonly (readonly [string, unknown, string])[] = [
  ['no array', {}, 'must be an array [json-pointer:/blocks]'],
  ['a block that is none', ['x'], 'must be a block [json-pointer:/blocks/0]'],
  ['an unknown block', [{ type: 'secton' }], 'unsupported type: secton [json-pointer:/blocks/0/type]'],
  [
    'an unknown field',
    [{ ...section('x'), colour: 'red' }],
    'invalid additional property: colour [json-pointer:/blocks/0]',
  ],
  [
    'emoji in mrkdwn',
    [{ type: 'section', text: { ...mrkdwn('x'), emoji: true } }],
    'invalid additional property: emoji [json-pointer:/blocks/0/text]',
  ],
  ['a section of nothing', [{ type: 'section' }], 'must have text or fields [json-pointer:/blocks/0]'],
  ['empty text', [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
  [
    'a header in mrkdwn',
    [{ type: 'header', text: mrkdwn('x') }],
    'must be one of: plain_text [json-pointer:/blocks/0/text/type]',
  ],
  ['a header without text', [{ type: 'header' }], 'missing required field: text [json-pointer:/blocks/0]'],
  [
    'a text as a string',
    [{ type: 'section', text: 'x' }],
    'must be a text object [json-pointer:/blocks/0/text]',
  ],
  [
    'an empty context',
    [{ type: 'context', elements: [] }],
    'no fewer than 1 items allowed [json-pointer:/blocks/0/elements]',
  ],
  ['empty actions', [actions('b')], 'no fewer than 1 items allowed [json-pointer:/blocks/0/elements]'],
  [
    'a button in mrkdwn',
    [actions('b', { ...button('go'), text: mrkdwn('x') })],
    'must be one of: plain_text [json-pointer:/blocks/0/elements/0/text/type]',
  ],
  [
    "a style of one's own",
    [actions('b', { ...button('go'), style: 'warning' })],
    'must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]',
  ],
  [
    'a value that is no string',
    [actions('b', { ...button('go'), value: 1 })],
    'must be a string [json-pointer:/blocks/0/elements/0/value]',
  ],
  [
    'an input among actions',
    [actions('b', { type: 'plain_text_input', action_id: 'a' })],
    'unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
  ],
  [
    'a button as input',
    [input('b', button('go'))],
    'unsupported type: button [json-pointer:/blocks/0/element/type]',
  ],
  [
    'a menu option in mrkdwn',
    [actions('b', select({ options: [{ text: mrkdwn('x'), value: 'x' }] }))],
    'must be one of: plain_text [json-pointer:/blocks/0/elements/0/options/0/text/type]',
  ],
  [
    'a menu with options and groups',
    [
      actions(
        'b',
        select({ options: [option('a')], option_groups: [{ label: plain('g'), options: [option('b')] }] }),
      ),
    ],
    'must have either options or option_groups [json-pointer:/blocks/0/elements/0]',
  ],
  [
    'a menu of nothing',
    [actions('b', select({}))],
    'must have either options or option_groups [json-pointer:/blocks/0/elements/0]',
  ],
  [
    'an overflow of nothing',
    [actions('b', { type: 'overflow', action_id: 'o', options: [] })],
    'no fewer than 1 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    'a link in a box',
    [actions('b', boxes({ options: [{ ...option('a'), url: 'https://example.com' }] }))],
    'invalid additional property: url [json-pointer:/blocks/0/elements/0/options/0]',
  ],
  [
    'an option twice',
    [actions('b', boxes({ options: [option('a'), option('a')] }))],
    'must be unique among the options [json-pointer:/blocks/0/elements/0/options/1/value]',
  ],
  [
    'ticked at first what is not there',
    [actions('b', boxes({ initial_options: [option('z')] }))],
    'must be one of the options [json-pointer:/blocks/0/elements/0/initial_options/0]',
  ],
  [
    'ticked at first with another text',
    [actions('b', boxes({ initial_options: [{ ...option('a'), text: plain('other') }] }))],
    'must be one of the options [json-pointer:/blocks/0/elements/0/initial_options/0]',
  ],
  [
    'nothing ticked at first, as a list',
    [actions('b', boxes({ initial_options: [] }))],
    'no fewer than 1 items allowed [json-pointer:/blocks/0/elements/0/initial_options]',
  ],
  [
    'selected at first what is not there',
    [actions('b', select({ options: [option('a')], initial_option: option('z') }))],
    'must be one of the options [json-pointer:/blocks/0/elements/0/initial_option]',
  ],
  [
    'a block id twice',
    [actions('b', button('x')), actions('b', button('y'))],
    '`block_id` b already exists [json-pointer:/blocks/1/block_id]',
  ],
  [
    'an action id twice in a block',
    [actions('b', button('x'), button('x'))],
    '`action_id` x already exists for `block_id` b [json-pointer:/blocks/0/elements/1/action_id]',
  ],
  [
    'two with the focus',
    [text({ focus_on_load: true }), number({ focus_on_load: true })],
    'only one element may have `focus_on_load` [json-pointer:/blocks]',
  ],
  [
    'an empty block id',
    [{ type: 'divider', block_id: '' }],
    'must be more than 0 characters [json-pointer:/blocks/0/block_id]',
  ],
  [
    'an image without alternative',
    [{ type: 'image', image_url: 'https://example.com' }],
    'missing required field: alt_text [json-pointer:/blocks/0]',
  ],
  [
    'min above max',
    [text({ min_length: 5, max_length: 4 })],
    'min_length must not be above max_length [json-pointer:/blocks/0/element]',
  ],
  [
    'a max of nothing',
    [text({ max_length: 0 })],
    'must be at least 1 [json-pointer:/blocks/0/element/max_length]',
  ],
  [
    'a number as a number',
    [number({ initial_value: 5 })],
    'must be a number as a string [json-pointer:/blocks/0/element/initial_value]',
  ],
  [
    'decimals where there are none',
    [number({ initial_value: '0.5' })],
    'must be a number as a string [json-pointer:/blocks/0/element/initial_value]',
  ],
  [
    'a number out of its bounds',
    [number({ initial_value: '5', max_value: '4' })],
    'initial_value must not be above max_value [json-pointer:/blocks/0/element]',
  ],
  [
    'rich text that is none',
    [{ type: 'rich_text', elements: [{ type: 'section' }] }],
    'must be one of: rich_text_section, rich_text_list, rich_text_quote, rich_text_preformatted [json-pointer:/blocks/0/elements/0/type]',
  ],
];

describe('blocks', () => {
  test.each(taken)('takes %s', (_what, blocks) => expect(blockFaults(blocks, 'message')).toEqual([]));
  test.each(refused)('refuses %s', (_what, blocks, fault) =>
    expect(blockFaults(blocks, 'message')).toEqual([fault]),
  );
  test('takes markdown in messages only', () => {
    expect(blockFaults([{ type: 'markdown', text: '**x**' }], 'message')).toEqual([]);
    expect(blockFaults([{ type: 'markdown', text: '**x**' }], 'modal')).toHaveLength(1);
  });
});

describe('views', () => {
  test.each<[string, unknown, string]>([
    ['what is none', null, 'must be a view [json-pointer:/view]'],
    [
      'a home tab',
      { ...modal([section('x')]), type: 'home' },
      'must be one of: modal [json-pointer:/view/type]',
    ],
    [
      'a title in mrkdwn',
      { ...modal([section('x')]), title: mrkdwn('x') },
      'must be one of: plain_text [json-pointer:/view/title/type]',
    ],
    ['no blocks', modal([]), 'no fewer than 1 items allowed [json-pointer:/view/blocks]'],
    [
      'what is wrong in its blocks',
      modal([section('')]),
      'must be more than 0 characters [json-pointer:/view/blocks/0/text/text]',
    ],
    [
      "an id, which is Slack's to give",
      { ...modal([section('x')]), id: 'V1' },
      'invalid additional property: id [json-pointer:/view]',
    ],
    [
      "inputs that can't be submitted",
      { type: 'modal', title: plain('x'), blocks: [text({})] },
      'must define `submit` to use an `input` block in modals [json-pointer:/view]',
    ],
  ])('refuses %s', (_what, view, fault) => expect(viewFaults(view)).toEqual([fault]));

  test('takes one with everything', () => {
    const rest = {
      close: plain('No'),
      private_metadata: 'x',
      notify_on_close: true,
      clear_on_close: true,
      external_id: 'e',
    };
    expect(viewFaults(modal([section('x'), text({}), number({})], rest))).toEqual([]);
  });
});
