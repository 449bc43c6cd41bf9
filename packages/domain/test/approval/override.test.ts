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
});
