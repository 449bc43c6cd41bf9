import type { Ask } from '@countersign/application';
import { currentPlan, type JsonObject } from '@countersign/domain';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { as, ci, codeOf, human, made, type World } from '../world.ts';
import { openWorld } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const create: Partial<Ask> = { action: 'create', params: { name: 'shop', size: 3 } };
const errorsOf = (answer: Awaited<ReturnType<World['ask']>>) => (answer.ok ? null : answer.refusal.errors);

describe('asking for what has a plan', () => {
  test("keeps the policy's steps, and the hash of what they come to", async () => {
    const { approval } = made(await world.ask(create));
    const { dispatch } = approval.request;
    expect(dispatch).toMatchObject({ mode: 'manual', validForSec: 3600 });
    expect(dispatch?.steps).toHaveLength(2);
    expect(dispatch?.steps?.[0]?.input).toMatchObject({ title: 'create {{payload.name}}' });
    expect(approval.dispatch).toMatchObject({ phase: 'idle', planHash: dispatch?.planHash });
    expect(currentPlan(approval.request, approval.params).steps.map(({ input }) => input)).toEqual([
      { title: 'create shop', size: 3 },
      { title: 'done' },
    ]);
  });

  test('is refused where a parameter is missing that the plan needs', async () => {
    const answer = await world.ask({ action: 'create', params: { name: 'shop' } });
    expect(codeOf(answer)).toBe('plan_invalid');
    expect(errorsOf(answer)).toEqual([
      { pointer: '/params/size', detail: expect.stringContaining('is missing') },
    ]);
  });

  test('is refused where a connector would refuse the input, by the place in the plan', async () => {
    const answer = await world.ask({ action: 'create', params: { name: 'x'.repeat(40), size: 1 } });
    expect(codeOf(answer)).toBe('plan_invalid');
    expect(errorsOf(answer)).toEqual([
      { pointer: '/plan/0/input/title', detail: 'must be a text of 30 characters at most' },
    ]);
  });

  test('is refused, by name, where the connector is one that there is not', async () => {
    const answer = await world.ask({ action: 'fax' });
    expect(codeOf(answer)).toBe('plan_invalid');
    expect(errorsOf(answer)).toEqual([
      { pointer: '/plan/0', detail: 'there is no connector "fax"; there are: post' },
    ]);
  });

  test('leaves nothing behind when refused', async () => {
    const answer = await world.ask({
      action: 'mail',
      params: { customer: { name: 'Ann' } },
      idempotencyKey: 'k',
    });
    expect(codeOf(answer)).toBe('plan_invalid');
    const again = {
      action: 'mail',
      params: { customer: { name: 'Ann', email: 'a@b.c' } },
      idempotencyKey: 'k',
    };
    expect(codeOf(await world.ask(again))).toBe('ok');
  });

  test('without a plan keeps none', async () => {
    const { approval } = made(await world.ask({ action: 'plain' }));
    expect(approval.dispatch).toBeNull();
    expect(approval.request).not.toHaveProperty('dispatch');
  });

  test('that nobody has to approve is carried out by itself, and names what was approved', async () => {
    const { approval } = made(await world.ask({ action: 'auto.x', params: { name: 'shop' } }));
    expect(approval.request.dispatch?.mode).toBe('on-approval');
    expect(approval.dispatch?.approvedPlanHash).toBe(approval.dispatch?.planHash);
  });

  test('an edit is judged by the connectors as well', async () => {
    const { approval } = made(await world.ask(create));
    const { requestId } = approval.request;
    const edited = await world.approve(requestId, 'bob', { overrides: { name: 'x'.repeat(40) } });
    expect(codeOf(edited)).toBe('override_schema_validation');
    expect(codeOf(await world.approve(requestId, 'bob', { overrides: { name: 'shop2' } }))).toBe('ok');
  });
});

describe("asking with the caller's own plan", () => {
  const steps = (...titles: string[]) =>
    titles.map((title) => ({ connector: 'post', operation: 'send', input: { title, to: 'ann' } }));
  const ask = (given: unknown) => world.ask({ action: 'own', params: { steps: given } as JsonObject });

  test('takes it literally, and keeps it once', async () => {
    const { approval } = made(await ask(steps('a {{payload.name}}', 'b')));
    expect(approval.request.dispatch).not.toHaveProperty('steps');
    const { steps: current } = currentPlan(approval.request, approval.params);
    expect(current[0]?.input).toEqual({
      title: 'a {{payload.name}}',
      to: expect.objectContaining({ $hmac: expect.any(String) }),
    });
    expect(approval.dispatch?.steps).toHaveLength(2);
  });

  test.each([
    ['missing', undefined, '/params/steps'],
    ['not a list', {}, '/params/steps'],
    ['without an operation', [{ connector: 'post', input: {} }], '/params/steps/0/operation'],
    ['refused by a connector', steps('x'.repeat(31)), '/params/steps/0/input/title'],
    ['of no connector', [{ connector: 'fax', operation: 'x', input: {} }], '/params/steps/0'],
  ])('is refused when it is %s', async (_what, given, pointer) => {
    const answer = await ask(given);
    expect(codeOf(answer)).toBe('plan_invalid');
    expect(errorsOf(answer)?.[0]).toMatchObject({ pointer, detail: expect.stringMatching(/./) });
  });

  test('is refused where the policy seals so much that nobody could tell what it is', async () => {
    const answer = await world.ask({ action: 'hidden', params: { steps: steps('a') } as JsonObject });
    expect(codeOf(answer)).toBe('plan_invalid');
    expect(errorsOf(answer)).toEqual([
      { pointer: '/params/steps', detail: expect.stringContaining('seals') },
    ]);
  });
});

describe('a time before which nothing is carried out', () => {
  const ask = (notBefore: string, action = 'create') => world.ask({ ...create, action, notBefore });

  test.each([
    ['2026-01-01T10:30:00Z', '2026-01-01T10:30:00.000Z'],
    ['2026-01-01T12:30:00.5+02:00', '2026-01-01T10:30:00.500Z'],
    ['2020-01-01T00:00:00Z', '2020-01-01T00:00:00.000Z'],
    ['2026-01-01T10:59:59.999Z', '2026-01-01T10:59:59.999Z'],
  ])('%s is kept as %s', async (given, kept) => {
    const { approval } = made(await ask(given));
    expect(approval.request.dispatch?.notBefore).toBe(kept);
  });

  test.each([
    [
      'behind the time for which an approval is good',
      '2026-01-01T11:00:00Z',
      'create',
      'an approval is good for 3600 s',
    ],
    ['more than a year ahead', '2027-01-03T00:00:00Z', 'auto.x', 'a year ahead at most'],
    ['of another form', 'tomorrow', 'create', 'RFC 3339'],
    ['without a zone', '2026-01-01T10:30:00', 'create', 'RFC 3339'],
    ['on a day that there is not', '2026-02-30T10:30:00Z', 'auto.x', 'RFC 3339'],
    ['for what has no plan', '2026-01-01T10:30:00Z', 'plain', 'no plan'],
  ])('is refused when it is %s', async (_what, given, action, detail) => {
    const answer = await ask(given, action);
    expect(codeOf(answer)).toBe('plan_invalid');
    expect(errorsOf(answer)).toEqual([{ pointer: '/notBefore', detail: expect.stringContaining(detail) }]);
  });

  test('is a part of the body that an idempotency key stands for', async () => {
    const at = (notBefore: string) => world.ask({ ...create, idempotencyKey: 'k', notBefore });
    made(await at('2026-01-01T10:30:00Z'));
    expect(await at('2026-01-01T10:30:00Z')).toMatchObject({ ok: true, changed: false });
    expect(codeOf(await at('2026-01-01T10:31:00Z'))).toBe('idempotency_key_reused');
  });
});

describe('looking at what a request would lead to', () => {
  const preview = (changes: Partial<Ask>, who = ci) =>
    world.ledger.preview({ action: 'create', params: {}, channel: 'gate', ...changes }, as(who));

  test('gives the steps as they would be carried out', () => {
    expect(preview({ params: { name: 'shop', size: 3 } })).toMatchObject({
      ok: true,
      isGoverned: true,
      policyKey: 'create',
      plan: { steps: [{ input: { title: 'create shop', size: 3 } }, {}], faults: [] },
    });
    expect(preview({ action: 'auto.x', params: { name: 'a' } })).toMatchObject({
      isGoverned: false,
      policyKey: 'auto.*',
    });
    expect(preview({ action: 'plain' })).toMatchObject({ ok: true, plan: null });
  });

  test('tells what stands against it, without refusing', () => {
    const seen = preview({ params: { name: 'shop' } });
    expect(seen).toMatchObject({ ok: true, plan: { faults: [{ pointer: '/params/size' }] } });
  });

  test('is refused to whoever may not ask, and for what can not be asked', () => {
    const codes = [
      preview({}, human('bob')),
      preview({ action: 'unheard-of' }),
      preview({ params: { a: { $hmac: 'x' } } }),
    ].map((seen) => (seen.ok ? 'ok' : seen.refusal.code));
    expect(codes).toEqual(['role_missing', 'unknown_action', 'reserved_member']);
  });
});
