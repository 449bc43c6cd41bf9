import {
  type ApprovalEvent,
  evolveDelivery,
  initialDelivery,
  type SlackDelivery,
  type SlackItem,
} from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Item, itemOf, keyOf } from '../../src/outbox/items.ts';
import { type DeliveryPlan, MAX_TOLD, planDelivery } from '../../src/outbox/plan.ts';
import type { Happened } from '../../src/render/types.ts';
import { isTold } from './rendering.ts';

const CHANNEL = '#ops';
const at = '2026-01-01T10:00:00.000Z';
const by = { sub: 'ann', kind: 'human', via: 'api' };
/** Everybody whose name begins with a vowel is in this workspace; ann and anna are one user of it. */
const linkOf = (person: string) =>
  /^[aeiou]/.test(person) ? `T1/U${person.replace('anna', 'ann').toUpperCase()}` : undefined;

const event = (type: ApprovalEvent['type'], data: object = {}) =>
  ({ type, data: { at, by, ...data } }) as ApprovalEvent;
const requested = event('ApprovalRequested', { onBehalfOf: 'eve', owner: 'anna' });
const people = fc.uniqueArray(fc.constantFrom('ann', 'anna', 'bob', 'eve', 'acme/ida', 'ivo'));
const channels = fc.uniqueArray(fc.constantFrom('#ops', '#sre', 'bob', '#boss', 'pager', 'ops'));

const anyEvent: fc.Arbitrary<ApprovalEvent> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      event('ApprovalGranted'),
      event('PersonaAcknowledged'),
      event('StageCompleted'),
    ),
  },
  { weight: 2, arbitrary: channels.map((notify) => event('RequestEscalated', { notify, rung: 0 })) },
  { weight: 1, arbitrary: people.map((notify) => event('BreakGlassInvoked', { notify })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(event('RequestDenied'), event('RequestExpired'), event('BreakGlassReviewed')),
  },
);
const anyHistory = fc
  .array(anyEvent, { maxLength: 70 })
  .map((events) => [requested, ...events].map((one, revision): Happened => ({ revision, event: one })));

function planFor(history: readonly Happened[], delivery: SlackDelivery): DeliveryPlan | null {
  return planDelivery({ delivery, history, channel: CHANNEL, linkOf, isTold });
}

/** As the ledger folds a delivery in which everything was sent, or given up. */
function delivered(
  before: SlackDelivery,
  { upTo, items }: DeliveryPlan,
  lost: readonly string[] = [],
): SlackDelivery {
  const each = items.map(({ key }) =>
    lost.includes(key)
      ? ({ type: 'SlackItemGivenUp', data: { at, key, error: 'gone' } } as const)
      : ({ type: 'SlackItemSent', data: { at, key, channel: 'C1', ts: '1.1', found: false } } as const),
  );
  return evolveDelivery(each.reduce(evolveDelivery, before), { type: 'SlackDelivered', data: { at, upTo } });
}

interface Done {
  readonly items: readonly SlackItem[];
  /** Revisions told by replies, in the order in which they are told. */
  readonly told: readonly number[];
  readonly perReply: readonly number[];
}

/** Delivers as often as needed each time the history has grown to one of these lengths, and once it is whole. */
function deliverAll(
  history: readonly Happened[],
  lengths: readonly number[],
  lost: readonly string[] = [],
): Done {
  let delivery = initialDelivery;
  const items: SlackItem[] = [];
  const replies: number[][] = [];
  for (const length of [...lengths, history.length]) {
    const seen = history.slice(0, Math.max(1, Math.min(length, history.length)));
    for (let plan = planFor(seen, delivery); plan; plan = planFor(seen, delivery)) {
      const { deliveredTo } = delivery;
      expect(plan.upTo).toBeGreaterThan(deliveredTo);
      items.push(...plan.items);
      if (plan.items.some(({ key }) => itemOf(key).kind === 'reply')) {
        const { upTo } = plan;
        const told = seen.filter((one) => one.revision > deliveredTo && one.revision <= upTo && isTold(one));
        replies.push(told.map(({ revision }) => revision));
      }
      delivery = delivered(delivery, plan, lost);
    }
    expect(delivery.deliveredTo).toBe(seen.at(-1)?.revision);
  }
  return { items, told: replies.flat(), perReply: replies.map((told) => told.length) };
}

const lengths = fc
  .array(fc.integer({ min: 1, max: 71 }), { maxLength: 12 })
  .map((all) => all.toSorted((a, b) => a - b));
const isReply = ({ key }: SlackItem) => itemOf(key).kind === 'reply';

describe('deliveries', () => {
  test('however they are cut, tell every event once and in order', () => {
    fc.assert(
      fc.property(anyHistory, lengths, (history, cuts) => {
        const { told, perReply } = deliverAll(history, cuts);
        expect(told).toEqual(history.filter(isTold).map(({ revision }) => revision));
        for (const count of perReply) expect(count).toBeGreaterThan(0);
        for (const count of perReply) expect(count).toBeLessThanOrEqual(MAX_TOLD);
      }),
    );
  });

  test('however they are cut, post one message, before everything else, and never the same item twice', () => {
    fc.assert(
      fc.property(anyHistory, lengths, (history, cuts) => {
        const { items } = deliverAll(history, cuts);
        const keys = items.map(({ key }) => key);
        expect(keys[0]).toBe('message');
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  test('however they are cut, tell the same people and channels', () => {
    fc.assert(
      fc.property(anyHistory, lengths, (history, cuts) => {
        const elsewhere = (done: Done) =>
          done.items.filter((item) => !isReply(item)).map(({ key, to }) => `${key} ${to}`);
        expect(elsewhere(deliverAll(history, cuts))).toEqual(elsewhere(deliverAll(history, [])));
      }),
    );
  });

  test('tell nothing beneath a message that Slack would not take', () => {
    fc.assert(
      fc.property(anyHistory, lengths, (history, cuts) => {
        const { items } = deliverAll(history, cuts, ['message']);
        // The first reply was claimed together with the message.
        expect(items.filter(isReply).slice(1)).toEqual([]);
        expect(items.filter(({ key }) => key === 'message')).toHaveLength(1);
      }),
    );
  });
});

describe('what is planned', () => {
  const whole = (...events: ApprovalEvent[]) =>
    planFor(
      [requested, ...events].map((one, revision) => ({ revision, event: one })),
      initialDelivery,
    );

  test('for an outcome: everybody who asked and is here, each once', () => {
    expect(whole(event('RequestDenied'))).toEqual({
      upTo: 1,
      items: [
        { key: 'message', to: CHANNEL },
        { key: 'reply@1', to: CHANNEL },
        { key: 'direct@1/ann', to: 'T1/UANN' },
        { key: 'direct@1/eve', to: 'T1/UEVE' },
      ],
    });
  });

  test("for an escalation: the channels it names, other than the request's own", () => {
    const escalated = event('RequestEscalated', {
      notify: ['#ops', '#sre', 'eve', '#boss', '#sre'],
      rung: 0,
    });
    expect(whole(escalated)?.items.slice(2)).toEqual([
      { key: 'notice@1/#sre', to: '#sre' },
      { key: 'notice@1/#boss', to: '#boss' },
    ]);
  });

  test('for a broken glass: everybody it names who is here', () => {
    const broken = event('BreakGlassInvoked', { notify: ['bob', 'ida', 'anna', 'ann'] });
    expect(whole(broken)?.items.slice(2)).toEqual([
      { key: 'direct@1/ida', to: 'T1/UIDA' },
      { key: 'direct@1/anna', to: 'T1/UANN' },
    ]);
  });
});

test('keys say what they are, and no others are understood', () => {
  const items: Item[] = [
    { kind: 'message' },
    { kind: 'reply', revision: 0 },
    { kind: 'direct', revision: 12, person: 'acme/ann/x' },
    { kind: 'notice', revision: 3, channel: '#a\nb' },
  ];
  for (const item of items) expect(itemOf(keyOf(item))).toEqual(item);
  for (const key of ['', 'messages', 'reply@', 'reply@1/x', 'direct@1', 'direct@1/', 'notice@x/#a', 'poll@1'])
    expect(() => itemOf(key)).toThrow('no item that this version can send');
});
