import type { Json, JsonObject } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import type { InputBlock } from '@slack/types';
import { fieldOfPointer, modals, readEdit } from '../../src/render/index.ts';
import { kindOf } from '../../src/render/modals/edit/kind.ts';
import type { Picture } from '../../src/render/types.ts';
import { expectSoundView } from './checks.ts';
import { ask, picture, slate } from './given.ts';

function editing(params: JsonObject, properties: JsonObject, nonMaterial: string[] = []): Picture {
  const keys = [...new Set([...Object.keys(params), ...Object.keys(properties)])];
  const schema = { type: 'object', properties };
  return picture([ask({ params, slate: slate({ overrides: { keys, nonMaterial, schema } }) })]);
}

function inputs(of: Picture): InputBlock[] {
  const view = modals.edit(of);
  expectSoundView(view);
  return view.blocks.filter((block) => block.type === 'input') as InputBlock[];
}

function typed(of: Picture, key: string, value: string | null) {
  const block = fieldOfPointer(of.approval, `/overrides/${key}`) ?? '';
  const input = { value, selected_option: value === null ? null : { value } };
  return { block, read: readEdit(of.approval, { [block]: { value: input } }) };
}

function readAs(of: Picture, key: string, value: string | null): Json | undefined {
  const { read } = typed(of, key, value);
  return 'overrides' in read ? read.overrides[key] : undefined;
}

function errorOf(of: Picture, key: string, value: string | null): string | undefined {
  const { block, read } = typed(of, key, value);
  return 'errors' in read ? read.errors[block] : undefined;
}

describe('the form', () => {
  test('tells a text from the value that looks the same', () => {
    const properties = { flag: { enum: ['1', 1, 'true', true, 'null'] } };
    const [{ element } = {}] = inputs(editing({ flag: 1 }, properties));
    const { options } = element as { options: { text: { text: string } }[] };
    expect(options.map(({ text }) => text.text)).toEqual(['"1"', '1', '"true"', 'true', 'null']);
  });

  test('has for each kind of value the field that suits it', () => {
    const properties = {
      size: {
        type: 'integer',
        minimum: 1,
        maximum: 100,
        title: 'Batch size',
        description: 'Rows at a time.',
      },
      ratio: { type: 'number', minimum: 0.5 },
      dry: { type: 'boolean' },
      color: { enum: ['red', 'blue', null] },
      name: { type: 'string', maxLength: 20 },
      text: { type: 'string', maxLength: 5000 },
      tags: { type: 'array' },
      any: {},
    };
    const params = {
      size: 10,
      ratio: 0.75,
      dry: true,
      color: 'blue',
      name: 'shop',
      text: 'a\nb',
      tags: ['x'],
      any: { a: 1 },
    };
    const drawn = inputs(editing(params, properties)).map(({ element }) => element);
    expect(drawn.slice(0, 8)).toEqual([
      expect.objectContaining({
        type: 'number_input',
        is_decimal_allowed: false,
        initial_value: '10',
        min_value: '1',
        max_value: '100',
      }),
      expect.objectContaining({
        type: 'number_input',
        is_decimal_allowed: true,
        initial_value: '0.75',
        min_value: '0.5',
      }),
      expect.objectContaining({
        type: 'static_select',
        initial_option: expect.objectContaining({ value: '0' }),
      }),
      expect.objectContaining({
        type: 'static_select',
        initial_option: expect.objectContaining({ value: '1' }),
      }),
      expect.objectContaining({
        type: 'plain_text_input',
        multiline: false,
        max_length: 20,
        initial_value: 'shop',
      }),
      expect.objectContaining({
        type: 'plain_text_input',
        multiline: true,
        max_length: 3000,
        initial_value: 'a\nb',
      }),
      expect.objectContaining({ type: 'plain_text_input', multiline: true, initial_value: '[\n  "x"\n]' }),
      expect.objectContaining({ type: 'plain_text_input', multiline: true, initial_value: '{\n  "a": 1\n}' }),
    ]);
    const [size] = inputs(editing(params, properties));
    expect(size?.label.text).toBe('Batch size (size)');
    expect(size?.hint?.text).toBe('Rows at a time. A whole number, 1 to 100.');
  });

  test('asks for JSON where there is no schema', () => {
    const keys = ['batchSize', 'new'];
    const [first, second] = inputs(
      picture([ask({ slate: slate({ overrides: { keys, nonMaterial: [] } }) })]),
    );
    expect(first?.element).toMatchObject({ type: 'plain_text_input', initial_value: '10' });
    expect(second?.element).not.toHaveProperty('initial_value');
    expect(second?.hint?.text).toMatch(/JSON/);
  });

  test('lets nobody leave empty what is there, and everybody what is not', () => {
    const of = editing(
      { a: 'x', b: '' },
      { a: { type: 'string' }, b: { type: 'string' }, c: { type: 'integer' } },
    );
    expect(inputs(of).map((input) => input.optional)).toEqual([false, true, true, true]);
  });

  test('leaves out what is withheld, and names what is too long', () => {
    const of = editing({ a: 'x'.repeat(3001), b: { c: [{ $hmac: 'hmac-sha256:1' }] }, d: 1 }, {});
    expect(inputs(of).map((input) => input.label.text)).toEqual(['d', 'Note']);
    expect(JSON.stringify(modals.edit(of))).toContain('Too long to be edited in Slack: `a`.');
    expect(fieldOfPointer(of.approval, '/overrides/a')).toBeUndefined();
    expect(fieldOfPointer(of.approval, '/overrides/b/c')).toBeUndefined();
  });

  test('fits a view, however much may be edited', () => {
    const params = Object.fromEntries(
      Array.from({ length: 120 }, (_, index) => [`key${index}`, '"€'.repeat(900)]),
    );
    const names = inputs(editing(params, {})).map((input) => input.label.text);
    expect(names.length).toBeGreaterThan(10);
    const options = Array.from({ length: 100 }, (_, index) => `${index}${'€'.repeat(80)}`);
    const chosen = Object.fromEntries(
      Array.from({ length: 90 }, (_, index) => [`key${index}`, { enum: options }]),
    );
    expect(inputs(editing({}, chosen)).length).toBeGreaterThan(3);
  });

  test('finds the field of an error, and none for what has none', () => {
    const of = editing({ 'a/b': 1, '~': 2 }, {});
    expect(fieldOfPointer(of.approval, '/overrides/a~1b/0/deep')).toBe('field/0');
    expect(fieldOfPointer(of.approval, '/overrides/~0')).toBe('field/1');
    for (const pointer of ['', '/overrides', '/overrides/zzz', '/params/a~1b', 'overrides/a']) {
      expect(fieldOfPointer(of.approval, pointer)).toBeUndefined();
    }
  });
});

describe('what a parameter is edited with', () => {
  test.each<[JsonObject, Json | undefined, string]>([
    [{ type: 'integer' }, 'ten', 'json'],
    [{ type: 'integer' }, 1.5, 'json'],
    [{ type: 'number' }, 1e21, 'json'],
    [{ type: 'string' }, 7, 'json'],
    [{ type: 'string' }, 'admin\u202egnp', 'json'],
    [{ type: 'string' }, 'a\r\nb', 'json'],
    [{ type: ['string', 'null'] }, 'x', 'json'],
    [{ enum: ['a'] }, 'b', 'json'],
    [{ enum: Array.from({ length: 101 }, (_, index) => index) }, 5, 'json'],
    [{ type: 'string', enum: Array.from({ length: 101 }, (_, index) => `${index}`) }, '5', 'text'],
    [{ enum: [{ a: 1 }] }, { a: 1 }, 'choice'],
    [{ type: 'boolean' }, undefined, 'choice'],
    [{ type: 'boolean' }, 'yes', 'json'],
  ])('%j with %j: %s', (schema, current, type) => {
    expect(kindOf(schema, current)?.type).toBe(type);
  });

  test('bounds that contradict each other, or what is there, are left to the judge', () => {
    expect(kindOf({ type: 'integer', minimum: 5, maximum: 1 }, 3)).not.toHaveProperty('min');
    expect(kindOf({ type: 'integer', minimum: 5, maximum: 9 }, 3)).toMatchObject({ max: '9' });
    expect(kindOf({ type: 'integer', minimum: 5 }, 3)).not.toHaveProperty('min');
    expect(kindOf({ type: 'integer', minimum: 0.5 }, 3)).not.toHaveProperty('min');
  });
});

describe('what was typed', () => {
  const of = editing(
    { size: 10, dry: true, name: 'shop', tags: ['x'], note: '' },
    {
      size: { type: 'integer' },
      ratio: { type: 'number' },
      dry: { type: 'boolean' },
      name: { type: 'string' },
      tags: { type: 'array' },
      note: { type: 'string' },
      color: { enum: ['red', 'blue'] },
    },
  );

  test.each<[string, string, Json]>([
    ['size', '20', 20],
    ['size', ' -5 ', -5],
    ['ratio', '.25', 0.25],
    ['ratio', '+1.50', 1.5],
    ['dry', '1', false],
    ['color', '0', 'red'],
    ['name', ' spaced ', ' spaced '],
    ['name', 'two\r\nlines', 'two\nlines'],
    ['name', '"quoted"', '"quoted"'],
    ['tags', '["x", {"y": [1, null, "\\u00e9"]}]', ['x', { y: [1, null, 'é'] }]],
    ['tags', '"now a text"', 'now a text'],
  ])('%s: %j is %j', (key, value, read) => {
    expect(readAs(of, key, value)).toEqual(read);
  });

  test.each<[string, string | null]>([
    ['size', '10'],
    ['size', '10.0'],
    ['dry', '0'],
    ['name', 'shop\n'],
    ['tags', '[ "x" ]'],
    ['note', null],
    ['ratio', null],
    ['ratio', '  '],
    ['color', null],
  ])('%s: %j leaves it as it was', (key, value) => {
    expect(typed(of, key, value).read).toEqual({ overrides: {} });
  });

  test.each<[string, string | null, RegExp]>([
    ['size', 'ten', /must be a number/],
    ['size', '1e5', /must be a number/],
    ['size', '1.5', /whole number/],
    ['size', '9007199254740993', /kept exactly/],
    ['size', null, /must not be empty/],
    ['dry', null, /must not be empty/],
    ['dry', '7', /Choose one/],
    ['dry', 'toString', /Choose one/],
    ['name', null, /must not be empty/],
    ['name', '\ud800', /can't be kept/],
    ['tags', '[1,', /This is not JSON/],
    ['tags', '“x”', /This is not JSON/],
    ['tags', '[1e999]', /kept exactly/],
    ['tags', '[12345678901234567890]', /kept exactly/],
    ['tags', '["\\ud800"]', /can't be kept/],
    ['tags', `${'['.repeat(300)}${']'.repeat(300)}`, /can't be kept/],
  ])('%s: %j is refused at its field', (key, value, error) => {
    expect(errorOf(of, key, value)).toMatch(error);
  });

  test('is read with the note; other fields and other forms mean nothing', () => {
    const values = {
      note: { value: { type: 'plain_text_input', value: ' because ' } },
      'field/99': { value: { value: '1' } },
      'field/0': { other: { value: '99' } },
      'field/2': { value: null as unknown as object },
      constructor: { value: { value: '1' } },
    };
    expect(readEdit(of.approval, values as never)).toEqual({ overrides: {}, note: 'because' });
    expect(readEdit(of.approval, {})).toEqual({ overrides: {} });
  });

  test('is refused at every faulty field at once', () => {
    const { approval } = of;
    const read = readEdit(approval, {
      'field/0': { value: { value: 'x' } },
      'field/3': { value: { value: '{' } },
    });
    expect(Object.keys('errors' in read ? read.errors : {})).toEqual(['field/0', 'field/3']);
  });

  test('a parameter by the name of what every object has is a parameter like any other', () => {
    const odd = editing({ __proto__x: 1 }, {});
    const keys = ['__proto__', 'toString'];
    const plain = picture([ask({ params: {}, slate: slate({ overrides: { keys, nonMaterial: [] } }) })]);
    const read = readEdit(plain.approval, {
      'field/0': { value: { value: '1' } },
      'field/1': { value: { value: '2' } },
    });
    expect(Object.entries('overrides' in read ? read.overrides : {})).toEqual([
      ['__proto__', 1],
      ['toString', 2],
    ]);
    expect(readAs(odd, '__proto__x', '2')).toBe(2);
  });
});
