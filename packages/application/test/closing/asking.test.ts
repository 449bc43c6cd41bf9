import { type Approval, type Connector, checksBy, closingCalls, type InputFault } from '@countersign/domain';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { codeOf, made, openWorld, POLICY, type World } from '../world.ts';

/** Takes any input but that of one place. */
function refusing(name: string, operation: string, member: string, value: string): Connector {
  return {
    name,
    operations: [operation],
    validate: (asked, input): InputFault[] => {
      if (asked !== operation) return [{ pointer: '', detail: `${name} has no operation "${asked}"` }];
      return input[member] === value ? [{ pointer: `/${member}`, detail: 'is refused here' }] : [];
    },
    dryRun: async () => ({ summary: '', details: null }),
    execute: async () => ({ outcome: 'succeeded', result: {} }),
    reconcile: async () => ({ found: 'not_done' }),
    health: async () => ({ status: 'ok' }),
  };
}

const PRIVATE = 'https://ci.example.com/private';
const plans = checksBy([
  refusing('webhook', 'post', 'url', PRIVATE),
  refusing('github', 'review-deployment', 'environment', 'nowhere'),
]);
const review = (environment: string) => ({
  connector: 'github',
  operation: 'review-deployment',
  input: { owner: 'acme', repo: 'shop', runId: 7, environment },
});

let world: World;
beforeEach(async () => {
  world = await openWorld({ plans, policy: POLICY });
});
afterEach(() => world.close());

describe('asking to be told', () => {
  test('is kept with the request, and leads to calls once it is decided', async () => {
    const asked = { callbackUrl: 'https://ci.example.com/done', closing: review('production') };
    const { approval } = made(await world.ask({ action: 'solo', ...asked }));
    expect(approval.request).toMatchObject(asked);
    const decided = made(await world.approve(approval.request.requestId, 'bob')).approval as Approval;
    expect(closingCalls(decided).map(({ call, connector }) => [call, connector])).toEqual([
      ['callback', 'webhook'],
      ['closing', 'github'],
    ]);
  });

  test('where a connector takes no such call is refused, and says why', async () => {
    const head = await world.store.head();
    const callback = await world.ask({ callbackUrl: PRIVATE });
    expect(callback).toMatchObject({
      refusal: {
        code: 'callback_not_allowed',
        detail: 'callbackUrl is refused here',
        errors: [{ pointer: '/callbackUrl', detail: 'is refused here' }],
      },
    });
    expect(await world.ask({ closing: review('nowhere') })).toMatchObject({
      refusal: { code: 'plan_invalid', errors: [{ pointer: '/closing/input/environment' }] },
    });
    expect(codeOf(await world.ask({ closing: { ...review('x'), connector: 'fax' } }))).toBe('plan_invalid');
    expect(await world.store.head()).toBe(head);
  });

  test('is judged by the policy first, and where nobody judges calls, by it alone', async () => {
    const elsewhere = { callbackUrl: 'https://evil.example/' };
    expect(await world.ask(elsewhere)).toMatchObject({
      refusal: { detail: expect.stringContaining('callbacks.allow') },
    });
    const bare = await openWorld();
    expect(codeOf(await bare.ask({ callbackUrl: PRIVATE, closing: review('nowhere') }))).toBe('ok');
    expect(codeOf(await bare.ask(elsewhere))).toBe('callback_not_allowed');
    await bare.close();
  });

  test('is no part of what an idempotency key stands for, so that another version of a way in asks the same', async () => {
    const first = made(await world.ask({ idempotencyKey: 'k', closing: review('production') }));
    const again = made(await world.ask({ idempotencyKey: 'k' }));
    expect(again.approval.request).toEqual(first.approval.request);
  });
});
