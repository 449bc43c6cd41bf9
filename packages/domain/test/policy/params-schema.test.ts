import { describe, expect, test } from '@jest/globals';
import { type Json, type JsonObject, paramsFaults } from '../../src/index.ts';

/** As parameters come: every member is the object's own, whatever it is called. */
const parsed = (text: string) => JSON.parse(text) as JsonObject;
const only = (of: JsonObject): JsonObject => ({ type: 'object', properties: { of } });

/** Members by which objects of JavaScript would be compared, or put into words. */
const NAMES = ['valueOf', 'toString', 'constructor', '__proto__', 'hasOwnProperty', 'toJSON'];

describe.each(NAMES)('a value with a member of its own called %s', (name) => {
  const value = parsed(`{"${name}":{"a":1}}`);
  const other = parsed(`{"${name}":{"a":2}}`);

  test.each<[string, JsonObject]>([
    ['const', { const: value }],
    ['enum', { enum: ['x', value] }],
  ])('is compared by what it holds, under %s', (_keyword, schema) => {
    expect(paramsFaults(only(schema), { of: parsed(JSON.stringify(value)) })).toEqual([]);
    expect(paramsFaults(only(schema), { of: other })).toMatchObject([{ pointer: '/of' }]);
    expect(paramsFaults(only(schema), { of: {} })).toMatchObject([{ pointer: '/of' }]);
    expect(paramsFaults(only(schema), { of: 'y' })).toMatchObject([{ pointer: '/of' }]);
  });

  test('is found a second time, under uniqueItems', () => {
    const schema = only({ type: 'array', uniqueItems: true });
    expect(paramsFaults(schema, { of: [value, other] })).toEqual([]);
    const again = parsed(JSON.stringify(value));
    expect(paramsFaults(schema, { of: [value, other, again] })).toEqual([
      { pointer: '/of', detail: 'must NOT have duplicate items (items ## 0 and 2 are identical)' },
    ]);
  });

  test('is written out among the allowed ones', () => {
    const [fault] = paramsFaults(only({ enum: ['x', value] }), { of: 'y' });
    expect(fault?.detail).toBe(`must be equal to one of the allowed values: x, {"${name}":{"a":1}}`);
  });
});

test.each<[Json, Json, boolean]>([
  [1, 1, true],
  [1, '1', false],
  [null, null, true],
  [null, 'null', false],
  [0, false, false],
  [[1, { a: [] }], [1, { a: [] }], true],
  [[1, 2], [2, 1], false],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
])('whether %j is %j under const and enum: %s', (allowed, given, isSame) => {
  for (const schema of [{ const: allowed }, { enum: [allowed] }, { enum: ['other', allowed] }]) {
    expect(paramsFaults(only(schema), { of: given })).toHaveLength(isSame ? 0 : 1);
  }
  const twice = only({ uniqueItems: true });
  expect(paramsFaults(twice, { of: [allowed, given] })).toHaveLength(isSame ? 1 : 0);
});
