import { type Approval, paramsHashOf, type Slate } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import { approve, ask, given, groups, slate, thenRefused, users, when } from './given.ts';

const overrides: NonNullable<Slate['overrides']> = {
  keys: ['batchSize', 'window'],
  nonMaterial: ['window'],
  schema: { type: 'object', properties: { batchSize: { type: 'integer', maximum: 100 } } },
};
const asked = ask({ slate: slate({ overrides }) });
const edit = (who: string, edits: object, more: object = {}) => approve(who, { overrides: edits, ...more });

describe('approving with edits', () => {
  test("records the next plan revision, its hash and the difference; the editor's vote counts on it", () => {
    const { types, events, state } = when(given(asked), edit('bob', { batchSize: 20 }));
    expect(types).toEqual(['ParametersOverridden', 'ApprovalGranted']);
    const params = { service: 'shop', batchSize: 20, window: 'night' };
    expect(events[0]?.data).toMatchObject({
      planRevision: 1,
      params,
      paramsHash: paramsHashOf(params),
      diff: [{ key: 'batchSize', from: 10, to: 20 }],
      material: true,
    });
    expect(events[1]?.data).toMatchObject({ paramsHash: paramsHashOf(params), by: { sub: 'bob' } });
    expect((state as Approval).paramsHash).toBe(paramsHashOf(params));
  });

  test('a material edit voids the approvals given before', () => {
    const { types, state } = when(given(asked, approve('carol')), edit('bob', { batchSize: 20 }));
    expect(types).toEqual(['ParametersOverridden', 'ApprovalGranted']);
    expect((state as Approval).approvals.map((vote) => vote.by)).toEqual(['bob']);
  });

  test('a non-material one leaves them standing', () => {
    const { types } = when(given(asked, approve('carol')), edit('bob', { window: 'noon' }));
    expect(types).toEqual(['ParametersOverridden', 'ApprovalGranted', 'StageCompleted', 'RequestApproved']);
  });

  test('an edit in a later stage starts again at the first, where the editor may have no place', () => {
    const stages = [
      { name: 'peers', require: [{ from: groups('sre'), min: 1 }] },
      { name: 'owner', require: [{ from: users('olga'), min: 1 }] },
    ];
    const second = given(ask({ slate: slate({ stages, overrides }) }), approve('bob'));
    const { types, state } = when(second, edit('olga', { batchSize: 20 }));
    expect(types).toEqual(['ParametersOverridden']);
    expect(state).toMatchObject({ stage: 0, approvals: [] });
  });

  test('editing nothing is a plain approval', () => {
    expect(when(given(asked), edit('bob', { batchSize: 10 })).types).toEqual(['ApprovalGranted']);
    expect(when(given(asked), edit('bob', {})).types).toEqual(['ApprovalGranted']);
  });

  test('an approval of the parameters before the edit is outdated', () => {
    const edited = [...given(asked), ...when(given(asked), edit('bob', { batchSize: 20 })).events];
    const before = (when(given(asked), approve('dan')).state as Approval).paramsHash;
    thenRefused(when(edited, approve('carol', { paramsHash: before })), 'stale_plan');
  });

  test.each([
    ['a policy without edits', ask(), { batchSize: 20 }, 'overrides_not_allowed'],
    ['a key that is not listed', asked, { service: 'bank' }, 'override_key_forbidden'],
    ['too many keys', asked, { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 }, 'override_limit_exceeded'],
    ['too much text', asked, { window: 'x'.repeat(600) }, 'override_diff_size_exceeded'],
    ['a value the schema does not allow', asked, { batchSize: 1000 }, 'override_schema_validation'],
    [
      'something that could pass for a sealed value',
      asked,
      { window: { $hmac: 'hmac-sha256:00' } },
      'reserved_member',
    ],
  ] as const)('is refused for %s', (_what, request, edits, code) => {
    thenRefused(when(given(request), edit('bob', edits)), code);
  });

  test("the schema's refusal names the place", () => {
    expect(when(given(asked), edit('bob', { batchSize: 1000 })).refusal?.errors).toEqual([
      { pointer: '/overrides/batchSize', detail: expect.stringContaining('100') },
    ]);
  });

  test.each(['constructor', 'toString', '__proto__'])('a parameter may be called %s', (key) => {
    const named = { ...overrides, keys: [key] };
    const edits = JSON.parse(`{ "${key}": 1 }`) as object;
    const { types, events } = when(given(ask({ slate: slate({ overrides: named }) })), edit('bob', edits));
    expect(types).toEqual(['ParametersOverridden', 'ApprovalGranted']);
    expect(events[0]?.data).toMatchObject({ diff: [{ key, to: 1 }] });
  });

  test('a rule of the schema that spans several parameters holds for what an edit makes of them', () => {
    const schema = {
      type: 'object',
      if: { properties: { batchSize: { minimum: 50 } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: { window: { const: 'night' } } },
      maxProperties: 3,
    };
    const spanning = ask({ slate: slate({ overrides: { ...overrides, schema } }) });
    expect(when(given(spanning), edit('bob', { batchSize: 60 })).refusal).toBeUndefined();
    const day = given(spanning, edit('bob', { window: 'noon' }));
    thenRefused(when(day, edit('carol', { batchSize: 60 })), 'override_schema_validation');
    const wider = ask({ slate: slate({ overrides: { ...overrides, keys: ['extra'], schema } }) });
    thenRefused(when(given(wider), edit('bob', { extra: 1 })), 'override_schema_validation');
  });

  test('what was at odds with the schema before is not held against an edit of something else', () => {
    const schema = { type: 'object', properties: { service: { const: 'bank' } }, required: ['owner'] };
    const odd = ask({ slate: slate({ overrides: { ...overrides, schema } }) });
    expect(when(given(odd), edit('bob', { batchSize: 20 })).refusal).toBeUndefined();
  });

  test('a refusal points at keys with slashes as JSON Pointer has it', () => {
    expect(when(given(asked), edit('bob', { 'a/b~c': 1 })).refusal?.errors).toEqual([
      { pointer: '/overrides/a~1b~0c', detail: expect.any(String) },
    ]);
  });

  test('an approval that edits nothing is bound only to what it says', () => {
    const edited = given(asked, edit('bob', { batchSize: 20 }));
    for (const same of [{}, { batchSize: 20 }]) {
      expect(when(edited, edit('carol', same)).events[0]?.data).toMatchObject({ paramsHash: null });
    }
  });

  test('an edit by somebody whose stage is over is refused, not dropped', () => {
    const stages = [
      { name: 'peers', require: [{ from: groups('sre'), min: 1 }] },
      { name: 'owner', require: [{ from: users('olga'), min: 1 }] },
    ];
    const second = given(ask({ slate: slate({ stages, overrides }) }), approve('bob'));
    thenRefused(when(second, edit('bob', { batchSize: 20 })), 'not_your_stage');
  });
});
