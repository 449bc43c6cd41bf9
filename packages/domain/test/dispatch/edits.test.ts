import {
  type Approval,
  type Connector,
  checksBy,
  decide,
  fold,
  type JsonObject,
  planHashOf,
  renderPlan,
  sealParams,
} from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { approve, ask, deny, given, thenRefused, when } from '../approval/given.ts';
import { after, askPlan, planHash, STEPS, start } from './given.ts';

/** Takes inputs whose `title` is a text of 20 characters at most. */
const github: Connector = {
  name: 'github',
  operations: ['open_issue'],
  validate: (operation, { title }, templates = false) => {
    if (operation !== 'open_issue') return [{ pointer: '', detail: 'has no such operation' }];
    if (templates && typeof title === 'string' && title.includes('{{')) return [];
    const fits = typeof title === 'string' && title.length <= 20;
    return fits ? [] : [{ pointer: '/title', detail: 'at most 20 characters' }];
  },
  dryRun: async () => ({ summary: '', details: null }),
  execute: async () => ({ outcome: 'succeeded', result: {} }),
  reconcile: async () => ({ found: 'not_done' }),
  health: async () => ({ status: 'ok' }),
};
const planChecks = checksBy([github, { ...github, name: 'webhook', validate: () => [] }]);
const edit = (overrides: JsonObject, more: object = {}) => approve('bob', { overrides, planChecks, ...more });

describe('an edit of the parameters', () => {
  const asked = given(askPlan());

  test('makes another plan, which is the one that is approved and dispatched', () => {
    const edited = after(asked, edit({ batchSize: 20 }));
    const params = { service: 'shop', batchSize: 20, window: 'night' };
    const hash = planHashOf(renderPlan(STEPS, params).steps, params);
    expect(planHash(edited)).toBe(hash);
    expect(hash).not.toBe(planHash(asked));
    expect(edited.at(-1)).toMatchObject({ type: 'RequestApproved', data: { planHash: hash } });
    expect(when(edited, start(100, { planHash: hash })).types).toEqual(['DispatchStarted']);
    thenRefused(when(edited, start(100, { planHash: planHash(asked) })), 'stale_plan');
  });

  test('always changes the hash of the plan', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 1 }), (batchSize) => {
        const edited = [...asked, ...decide(edit({ batchSize } as JsonObject), fold(asked)).events];
        const isEdit = edited.some(({ type }) => type === 'ParametersOverridden');
        expect(planHash(edited) === planHash(asked)).toBe(!isEdit);
      }),
    );
  });

  test('is refused where the plan could not be filled in any more', () => {
    const outcome = when(asked, edit({ service: ['shop'] }));
    thenRefused(outcome, 'override_schema_validation');
    expect(outcome.refusal?.errors).toEqual([
      { pointer: '/overrides/service', detail: expect.stringContaining('longer text') },
    ]);
  });

  test('is refused where a connector would refuse the input', () => {
    const outcome = when(asked, edit({ service: 'a-very-long-name-indeed' }));
    thenRefused(outcome, 'override_schema_validation');
    expect(outcome.refusal?.errors).toEqual([
      { pointer: '/plan/0/input/title', detail: 'at most 20 characters' },
    ]);
  });

  test('is not held responsible for what a connector refused before', () => {
    const gone = checksBy([]);
    expect(when(asked, edit({ batchSize: 20 }, { planChecks: gone })).refusal).toBeUndefined();
  });

  test('leaves values alone that are sealed, and can be judged only when they are opened', () => {
    const keys = { hmac: () => '00', encrypt: (text: string) => text };
    const params = sealParams(
      { service: 'shop', batchSize: 1 },
      { redact: [], personal: ['/service'] },
      keys,
    );
    const sealed = given(askPlan({}, params));
    expect(when(sealed, edit({ batchSize: 2 })).refusal).toBeUndefined();
  });
});

describe("an edit of the caller's own steps", () => {
  const step = (title: string) => ({ connector: 'github', operation: 'open_issue', input: { title } });
  const asked = given(askPlan({ steps: undefined } as never, { steps: [step('one')] }));

  test('is the plan from then on, with as many steps as it has', () => {
    const edited = after(asked, edit({ steps: [step('one'), step('two')] }));
    const { dispatch } = fold(edited) as Approval;
    expect(dispatch?.steps).toHaveLength(2);
    expect(dispatch?.approvedPlanHash).toBe(dispatch?.planHash);
    expect(planHash(edited)).not.toBe(planHash(asked));
  });

  test.each([
    ['no steps', [], '/overrides/steps'],
    ['steps of another shape', [{ connector: 'github' }], '/overrides/steps/0/operation'],
    ['steps that a connector refuses', [step('x'.repeat(21))], '/overrides/steps/0/input/title'],
    ['steps of no connector', [{ ...step('x'), connector: 'fax' }], '/overrides/steps/0'],
  ])('is refused for %s', (_what, steps, pointer) => {
    const outcome = when(asked, edit({ steps } as JsonObject));
    thenRefused(outcome, 'override_schema_validation');
    expect(outcome.refusal?.errors?.[0]).toMatchObject({ pointer });
  });
});

describe('a decision may name the plan it is about', () => {
  const asked = given(askPlan());

  test('which binds it as naming the parameters does', () => {
    const { paramsHash } = fold(asked) as Approval;
    expect(when(asked, approve('bob', { planHash: planHash(asked) })).events[0]?.data).toMatchObject({
      paramsHash,
    });
    expect(when(asked, deny('bob', { planHash: planHash(asked) })).events[0]?.data).toMatchObject({
      paramsHash,
    });
    expect(when(asked, approve('bob')).events[0]?.data).toMatchObject({ paramsHash: null });
  });

  test('and is refused when that has changed, or there is none', () => {
    for (const decision of [approve, deny]) {
      const stale = when(asked, decision('bob', { planHash: 'sha256:00' }));
      thenRefused(stale, 'stale_plan');
      expect(stale.refusal?.facts).toEqual({ planHash: planHash(asked), given: 'sha256:00' });
    }
    const plain = when(given(ask()), approve('bob', { planHash: 'sha256:00' }));
    thenRefused(plain, 'stale_plan');
    expect(plain.refusal?.facts).toEqual({ planHash: null, given: 'sha256:00' });
  });
});

test('a step of a connector that there is not is told by name, with those that there are', () => {
  expect(planChecks.faults({ connector: 'fax', operation: 'send', input: {} })).toEqual([
    { pointer: '', detail: 'there is no connector "fax"; there are: github, webhook' },
  ]);
  expect(checksBy([]).faults({ connector: 'fax', operation: 'send', input: {} })[0]?.detail).toContain(
    'none',
  );
});
