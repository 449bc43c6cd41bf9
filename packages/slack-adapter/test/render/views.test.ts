import { describe, expect, test } from '@jest/globals';
import { chosenIn, modals, NOTE, REASON, typedIn, VERDICT, wordsIn } from '../../src/render/index.ts';
import { expectSoundView, textsIn } from './checks.ts';
import { ask, picture, REQUEST } from './given.ts';

const TARGET = { requestId: REQUEST, paramsHash: `sha256:${'a'.repeat(64)}` };
const DRAWING = { revision: 3, stage: 1 };

function textsOf(view: unknown): string[] {
  expectSoundView(view);
  return textsIn(view).map(({ text }) => text);
}

describe('modals', () => {
  test('ask for what they need, each by its name', () => {
    expect(modals.deny(TARGET, DRAWING)).toMatchObject({
      callback_id: 'deny',
      blocks: [{ block_id: REASON, optional: true }],
    });
    expect(modals.cancel(TARGET, DRAWING)).toMatchObject({
      callback_id: 'cancel',
      blocks: [{ block_id: REASON, optional: true }],
    });
    const { callback_id, blocks } = modals.breakGlass(TARGET, DRAWING);
    expect(callback_id).toBe('break_glass');
    expect(blocks.slice(1)).toMatchObject([
      { block_id: VERDICT, element: { options: [{ value: 'approved' }, { value: 'denied' }] } },
      { block_id: REASON, optional: false, element: { min_length: 10 } },
    ]);
  });

  test('a notice shows words of whatever origin, and asks nothing', () => {
    const view = modals.notice('A title that is much too long for Slack', 'Not done: <!channel> `x`');
    expect(textsOf(view)).toEqual(['A title that is much to…', 'Close', 'Not done: ‹!channel> `x`']);
    expect(view).not.toHaveProperty('submit');
    expect(textsOf(modals.notice('', ' \u200b'))).toEqual(['–', 'Close', '–']);
  });

  test('"Show all" shows all of the parameters', () => {
    const params = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`key${index}`, 'v'.repeat(30)]),
    );
    const shown = textsOf(modals.parameters(picture([ask({ params })]))).join('\n');
    for (const key of Object.keys(params)) expect(shown).toContain(`"${key}"`);
    expect(shown).not.toContain('*Reason*');
  });

  test('and all of a reason that the message cuts', () => {
    const justification = `${'&'.repeat(1000)}${'🙂'.repeat(1400)} the end`;
    const shown = textsOf(modals.parameters(picture([ask({ justification })])));
    expect(shown).toContain('*Reason*');
    expect(shown.some((text) => text.endsWith('the end'))).toBe(true);
    expect(shown.join('').match(/🙂/gu)).toHaveLength(1400);
  });

  test('or says where the rest is, when even a view has no room', () => {
    const params = { text: '"€'.repeat(60_000) };
    const consoleUrl = 'https://countersign.example';
    const shown = textsOf(modals.parameters(picture([ask({ params })], { consoleUrl })));
    expect(shown.at(-1)).toContain(`<${consoleUrl}/requests/${REQUEST}|the console>`);
    expect(textsOf(modals.parameters(picture([ask({ params })]))).at(-1)).toContain('through the API');
  });
});

describe('what a form was sent off with', () => {
  const values = {
    [REASON]: { value: { value: '  because \n' } },
    [NOTE]: { value: { value: null } },
    [VERDICT]: { value: { selected_option: { value: 'denied' } } },
    empty: { value: { selected_option: null, value: '' } },
    odd: { value: { selected_option: { value: 7 }, value: ['x'] } },
  };

  test('is read by the name of the field', () => {
    expect(typedIn(values, REASON)).toBe('  because \n');
    expect(wordsIn(values, REASON)).toBe('because');
    expect(chosenIn(values, VERDICT)).toBe('denied');
  });

  test('is null where nothing was given, and undefined where nothing was asked', () => {
    for (const field of [NOTE, 'empty', 'odd']) expect(typedIn(values, field)).toBeNull();
    for (const field of ['empty', 'odd', REASON]) expect(chosenIn(values, field)).toBeNull();
    expect(wordsIn(values, NOTE)).toBeUndefined();
    expect(typedIn(values, 'other')).toBeUndefined();
    expect(chosenIn({ toString: {} }, 'toString')).toBeUndefined();
    expect(typedIn({}, 'constructor')).toBeUndefined();
  });
});
