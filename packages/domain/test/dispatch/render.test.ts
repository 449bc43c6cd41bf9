import {
  hashOf,
  type JsonObject,
  openParams,
  type PlanStep,
  paramsHashOf,
  planFor,
  planHashOf,
  renderPlan,
  sealParams,
} from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

const step = (input: JsonObject): PlanStep => ({ connector: 'c', operation: 'o', input });
const render = (input: JsonObject, params: JsonObject, opening = {}) => {
  const { steps, faults } = renderPlan([step(input)], params, opening);
  return { input: steps[0]?.input, faults };
};
const KEYS = { hmac: (text: string) => `m${text.length}`, encrypt: (text: string) => `<${text}>` };
const decrypt = (text: string) => text.slice(1, -1);
const seal = (params: JsonObject, ...personal: string[]) =>
  sealParams(params, { redact: [], personal }, KEYS);

describe('filling a plan in', () => {
  const params: JsonObject = {
    name: 'shop',
    size: 3,
    ready: false,
    none: null,
    tags: ['a', 'b'],
    deep: { value: { x: 1 } },
  };

  test.each([
    ['a text', '{{payload.name}}', 'shop'],
    ['a number', '{{payload.size}}', 3],
    ['false', '{{payload.ready}}', false],
    ['null', '{{payload.none}}', null],
    ['a list', '{{payload.tags}}', ['a', 'b']],
    ['an item', '{{payload.tags.1}}', 'b'],
    ['an object', '{{payload.deep.value}}', { x: 1 }],
    ['spaces within the braces', '{{ payload.name }}', 'shop'],
  ])('a text that is nothing but a template becomes %s, with its type', (_what, template, value) => {
    expect(render({ a: [{ b: template }] }, params)).toEqual({ input: { a: [{ b: value }] }, faults: [] });
  });

  test('within a longer text, texts, numbers, true and false are filled in', () => {
    const text = '{{payload.name}}-{{payload.size}}: {{payload.ready}}';
    expect(render({ text }, params)).toEqual({ input: { text: 'shop-3: false' }, faults: [] });
    expect(render({ text: '{{payload.name}}{{payload.name}}' }, params).input).toEqual({ text: 'shopshop' });
  });

  test('what is filled in is not filled in again', () => {
    const sly = { name: '{{payload.secret}}', secret: 'hush' };
    expect(render({ a: '{{payload.name}}', b: 'x {{payload.name}}' }, sly).input).toEqual({
      a: '{{payload.secret}}',
      b: 'x {{payload.secret}}',
    });
  });

  test('keys, connector and operation stay as they are', () => {
    const odd = {
      connector: '{{payload.name}}',
      operation: '{{payload.name}}',
      input: { '{{payload.name}}': 1 },
    };
    expect(renderPlan([odd], params).steps).toEqual([odd]);
  });

  test.each([
    ['is missing', '{{payload.gone}}', '/gone', 'is missing'],
    ['is missing below', 'a {{payload.deep.gone.on}}', '/deep/gone/on', 'is missing'],
    ['is inherited by every object', '{{payload.constructor}}', '/constructor', 'is missing'],
    ['is a list within a longer text', 'a {{payload.tags}}', '/tags', 'longer text'],
    ['is null within a longer text', 'a {{payload.none}}', '/none', 'longer text'],
  ])('a value that %s is a fault that names both places', (_what, template, param, detail) => {
    const { input, faults } = render({ list: ['ok', { 'a/b': template }] }, params);
    expect(input).toEqual({ list: ['ok', { 'a/b': template }] });
    expect(faults).toEqual([
      { step: 0, pointer: '/list/1/a~1b', param, detail: expect.stringContaining(detail) },
    ]);
  });

  test('a plan that would grow beyond all bounds is not made', () => {
    const big = { text: 'x'.repeat(200_000) };
    const { faults } = render({ list: Array(10).fill('{{payload.text}}!') }, big);
    expect(faults.length).toBe(5);
    expect(faults[0]?.detail).toContain('too large');
  });

  test('a plan that would be nested beyond what can be written is not made', () => {
    const nest = (levels: number) =>
      Array.from({ length: levels }).reduce<JsonObject>((inner) => ({ inner }), {});
    expect(render({ a: '{{payload.deep}}' }, { deep: nest(100) }).faults).toEqual([]);
    const { steps, faults } = renderPlan([step({ a: '{{payload.deep}}' })], { deep: nest(190) });
    expect(faults).toEqual([expect.objectContaining({ param: '/deep' })]);
    expect(planHashOf(steps, { deep: nest(190) })).toMatch(/^sha256:/);
  });
});

describe('sealed values', () => {
  const clear: JsonObject = { to: { mail: 'ann@example.com', name: 'Ann' }, size: 3 };
  const sealed = seal(clear, '/to/mail', '/to/name');
  const input = { mail: '{{payload.to.mail}}', all: '{{payload.to}}', text: 'Dear {{payload.to.name}}' };

  test('are filled in as they are, and stay away from longer texts', () => {
    const { input: filled, faults } = render(input, sealed);
    const to = sealed.to as JsonObject;
    expect(faults).toEqual([]);
    expect(filled).toEqual({ mail: to.mail, all: to, text: 'Dear {{payload.to.name}}' });
  });

  test('opened, the plan is the one of the clear values', () => {
    const opened = openParams(sealed, decrypt);
    expect(render(input, opened, { isOpened: true })).toEqual(render(input, clear));
  });

  test('once erased, every place that needs one is a fault', () => {
    const { faults } = render(
      input,
      openParams(sealed, () => null),
      { isOpened: true },
    );
    expect(faults.map(({ pointer, param }) => [pointer, param])).toEqual([
      ['/mail', '/to/mail'],
      ['/all', '/to'],
      ['/text', '/to/name'],
    ]);
    expect(new Set(faults.map(({ detail }) => detail))).toEqual(
      new Set(['holds a personal value that was erased']),
    );
  });

  test('values within a sealed one are as unreadable as it is', () => {
    const whole = seal(clear, '/to');
    expect(render({ a: '{{payload.to.name}}' }, whole)).toEqual({
      input: { a: '{{payload.to.name}}' },
      faults: [],
    });
    expect(render({ a: '{{payload.to.name}}' }, whole, { isOpened: true }).faults).toHaveLength(1);
  });
});

describe("the caller's own steps", () => {
  const steps = [{ connector: 'webhook', operation: 'post', input: { text: '{{payload.name}}' } }];

  test('are taken as they stand', () => {
    expect(planFor(undefined, { steps, name: 'shop' } as JsonObject)).toEqual({ steps, faults: [] });
  });

  test.each([
    ['missing', undefined, '/steps'],
    ['none', [], '/steps'],
    ['too many', Array(51).fill(steps[0]), '/steps'],
    ['of another shape', [{ connector: 'a', operation: 'b' }], '/steps/0/input'],
    ['with something unknown', [{ ...steps[0], 'a/b': 1 }], '/steps/0'],
  ])('are refused when %s, with the place', (_what, given, param) => {
    const { faults, steps: none } = planFor(undefined, { ...(given && { steps: given }) } as JsonObject);
    expect(none).toEqual([]);
    expect(faults[0]).toMatchObject({ param });
    expect(faults[0]?.detail).not.toBe('');
  });

  test('once erased, a step that holds a personal value is a fault', () => {
    const sealed = seal({ steps } as JsonObject, '/steps/*/input/text');
    expect(planFor(undefined, sealed).faults).toEqual([]);
    expect(planFor(undefined, sealed, { isOpened: true }).faults).toEqual([
      expect.objectContaining({ step: 0, param: '/steps/0/input' }),
    ]);
  });
});

const anyName = fc.constantFrom('a', 'b', 'c', '$hmac');
const anyParams = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant({ $hmac: 'h', $sealed: 's' })),
) as fc.Arbitrary<JsonObject>;
const anyInput = fc.dictionary(
  fc.string({ maxLength: 3 }),
  fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    anyName.map((name) => `{{payload.${name}}}`),
    anyName.map((name) => `x {{payload.${name}.a}} y`),
  ),
) as fc.Arbitrary<JsonObject>;

describe('whatever is filled in', () => {
  test('filling in never throws, takes the same to the same, and changes neither plan nor parameters', () => {
    fc.assert(
      fc.property(anyInput, anyParams, fc.boolean(), (input, params, isOpened) => {
        const before = hashOf([input, params]);
        const once = renderPlan([step(input)], params, { isOpened });
        expect(renderPlan([step(input)], params, { isOpened })).toEqual(once);
        expect(hashOf([input, params])).toBe(before);
        expect(planHashOf(once.steps, params)).toMatch(/^sha256:[0-9a-f]{64}$/);
      }),
    );
  });

  test('without a template there is nothing to fill in, nor to complain of', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), anyParams, (value, params) => {
        fc.pre(!JSON.stringify(value).includes('{{'));
        const input = { value } as JsonObject;
        expect(renderPlan([step(input)], params)).toEqual({ steps: [step(input)], faults: [] });
      }),
    );
  });
});

describe("the plan's hash", () => {
  test('is over the parameters and the steps as they are carried out', () => {
    const params = { name: 'shop' };
    const { steps } = renderPlan([step({ a: '{{payload.name}}' })], params);
    expect(planHashOf(steps, params)).toBe(
      hashOf({ paramsHash: paramsHashOf(params), steps: [step({ a: 'shop' })] }),
    );
  });

  test('changes with every parameter, and with every step', () => {
    fc.assert(
      fc.property(anyInput, anyInput, anyParams, anyParams, (one, other, params, changed) => {
        const hash = (input: JsonObject, p: JsonObject) => planHashOf(renderPlan([step(input)], p).steps, p);
        const sameParams = paramsHashOf(params) === paramsHashOf(changed);
        expect(hash(one, params) === hash(one, changed)).toBe(sameParams);
        const filled = (input: JsonObject) => renderPlan([step(input)], params).steps;
        const bare = (input: JsonObject) =>
          JSON.stringify(filled(input)).replaceAll(/,"\$sealed":"[^"]*"/g, '');
        if (bare(one) !== bare(other)) expect(hash(one, params)).not.toBe(hash(other, params));
      }),
    );
  });

  test('does not change with ciphertexts, so that erasing a key leaves it', () => {
    fc.assert(
      fc.property(anyInput, fc.string(), fc.string(), (input, one, other) => {
        const hash = ($sealed: string) => {
          const params = { a: { $hmac: 'h', $sealed }, b: { c: { $hmac: 'h', $sealed } } };
          return planHashOf(renderPlan([step(input)], params).steps, params);
        };
        expect(hash(one)).toBe(hash(other));
      }),
    );
  });
});
