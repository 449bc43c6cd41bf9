import {
  type Approval,
  type ApprovalCommand,
  type ApprovalEvent,
  closingCalls,
  decide,
  fold,
  type JsonObject,
  type RequestDetails,
} from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import {
  acknowledge,
  approve,
  ask,
  at,
  ci,
  command,
  deny,
  given,
  groups,
  person,
  REQUEST,
  slate,
  users,
} from '../approval/given.ts';
import { askPlan, start } from '../dispatch/given.ts';

const URL = 'https://ci.example.com/done';
const GATE = { owner: 'acme', repo: 'shop', runId: 7, environment: 'production' };
const closing = { connector: 'github', operation: 'review-deployment', input: GATE };
const both: Partial<RequestDetails> = { callbackUrl: URL, closing };
const alone = slate({ stages: [{ name: 'approval', require: [{ from: groups('sre'), min: 1 }] }] });

function callsOf(events: readonly ApprovalEvent[]) {
  return closingCalls(fold(events) as Approval);
}

function inputOf(call: 'callback' | 'closing', events: readonly ApprovalEvent[]): JsonObject {
  return callsOf(events).find((one) => one.call === call)?.input ?? {};
}

const bodyOf = (events: readonly ApprovalEvent[]) => inputOf('callback', events).body as JsonObject;
const dataOf = (events: readonly ApprovalEvent[]) => bodyOf(events).data as JsonObject;
const tick = (type: 'ExpireRequest', seconds: number): ApprovalCommand => ({
  type,
  requestId: REQUEST,
  now: at(seconds),
});
const breakGlass = (status: 'approved' | 'denied') =>
  command({ type: 'InvokeBreakGlass', status, reason: 'all is on fire' }, person('alice'));
function next(events: readonly ApprovalEvent[], wanted: ApprovalCommand): readonly ApprovalEvent[] {
  const written = decide(wanted, fold(events)).events;
  expect(written.length).toBeGreaterThan(0);
  return written;
}
const reviewOf = (...commands: ApprovalCommand[]) => {
  const { state, comment } = inputOf('closing', given(ask({ closing, slate: alone }), ...commands));
  return [state, comment];
};

describe('whom to tell', () => {
  test('is nobody while nothing is decided, nor where nobody asked for it', () => {
    expect(callsOf(given(ask(both)))).toEqual([]);
    expect(callsOf(given(ask(both), approve('bob')))).toEqual([]);
    expect(callsOf(given(ask(), approve('bob'), approve('carol')))).toEqual([]);
  });

  test("is the caller's URL and what the way in asked for, each by a key of its own", () => {
    const calls = callsOf(given(ask(both), deny('bob')));
    expect(calls).toMatchObject([
      { call: 'callback', connector: 'webhook', operation: 'post', input: { url: URL, idempotent: true } },
      { call: 'closing', connector: 'github', operation: 'review-deployment', input: GATE },
    ]);
    const keys = calls.map(({ idempotencyKey }) => idempotencyKey);
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const other = callsOf(given(ask(both), deny('carol')));
    expect(other.map(({ idempotencyKey }) => idempotencyKey)).toEqual(keys);
  });

  test('stays the same, to the letter, whatever happens afterwards', () => {
    const planned = given(askPlan({}, undefined, both), approve('bob'));
    expect(callsOf([...planned, ...next(planned, start(200))])).toEqual(callsOf(planned));
    const superApprovers = ['alice', 'gina'];
    const gina = person('gina', {}, { superApprover: true });
    const forced = given(ask({ ...both, slate: slate({ superApprovers }) }), breakGlass('denied'));
    const reviewed = [...forced, ...next(forced, command({ type: 'ReviewBreakGlass' }, gina))];
    expect(callsOf(reviewed)).toEqual(callsOf(forced));
  });
});

describe('what a callback says', () => {
  test('is who decided what, and which parameters', () => {
    const events = given(
      ask({
        ...both,
        state: { job: 7 },
        externalId: 'run-7',
        slate: slate({ personas: [{ name: 'on-call', from: users('dan') }] }),
      }),
      acknowledge('dan', 'on-call', 10),
      approve('bob', {}, 60),
      approve('carol', { note: 'go' }, 90),
    );
    const { paramsHash } = fold(events) as Approval;
    expect(bodyOf(events)).toEqual({
      type: 'approval.decided',
      timestamp: at(90),
      data: {
        requestId: REQUEST,
        externalId: 'run-7',
        action: 'deploy.production',
        status: 'approved',
        decision: { outcome: 'approved', by: 'carol', at: at(90) },
        approvers: [
          { sub: 'bob', at: at(60), stage: 'approval', via: 'api' },
          { sub: 'carol', at: at(90), stage: 'approval', via: 'api' },
        ],
        params: { service: 'shop', batchSize: 10, window: 'night' },
        paramsHash,
        policyHash: 'sha256:00',
        state: { job: 7 },
      },
    });
  });

  test('names the plan, and a note, where there is one', () => {
    const approved = given(askPlan({}, undefined, both), approve('bob'));
    expect(dataOf(approved).planHash).toBe((fold(approved) as Approval).dispatch?.approvedPlanHash);
    const denied = given(ask(both), deny('bob', { note: 'not today' }));
    expect(dataOf(denied)).toMatchObject({
      status: 'denied',
      decision: { outcome: 'denied', by: 'bob', note: 'not today' },
      approvers: [],
    });
    expect(Object.keys(dataOf(denied))).not.toContain('planHash');
  });

  test('is told at the time when it happened, not when that was noticed', () => {
    const events = given(ask(both));
    events.push(...next(events, tick('ExpireRequest', 4000)));
    expect(bodyOf(events)).toMatchObject({ timestamp: at(3600), data: { status: 'expired' } });
  });

  test('holds parameters as they were approved, and of sealed ones no ciphertext', () => {
    const sealed = { $hmac: 'hmac-sha256:ab', $sealed: 'c2VjcmV0' };
    const request = ask({ ...both, params: { mail: sealed, list: [{ deep: sealed }] } });
    const { params } = dataOf(given(request, deny('bob')));
    expect(params).toEqual({
      mail: { $hmac: 'hmac-sha256:ab' },
      list: [{ deep: { $hmac: 'hmac-sha256:ab' } }],
    });
    const overrides = slate({ ...alone, overrides: { keys: ['batchSize'], nonMaterial: [] } });
    const edited = given(ask({ ...both, slate: overrides }), approve('bob', { overrides: { batchSize: 5 } }));
    expect(dataOf(edited).params).toMatchObject({ batchSize: 5 });
    expect(dataOf(edited).paramsHash).toBe((fold(edited) as Approval).paramsHash);
  });

  test('leaves parameters out that are too large for a webhook, and says by their hash which they were', () => {
    const data = dataOf(given(ask({ ...both, params: { text: 'x'.repeat(128 * 1024) } }), deny('bob')));
    expect(Object.keys(data)).not.toContain('params');
    expect(data.paramsHash).toMatch(/^sha256:/);
  });
});

describe('what GitHub is told', () => {
  test.each([
    ['an approval', [approve('bob')], 'approved', 'Approved by bob.'],
    ['a note', [approve('bob', { note: 'all\ngreen ' })], 'approved', 'Approved by bob: all green'],
    [
      'a denial',
      [deny('carol', { note: 'not on a Friday' })],
      'rejected',
      'Rejected by carol: not on a Friday',
    ],
    [
      'the end of its time',
      [tick('ExpireRequest', 3600)],
      'rejected',
      `Rejected, as nobody had decided when the request expired at ${at(3600)}.`,
    ],
    [
      'that it was cancelled',
      [command({ type: 'CancelRequest', reason: 'mistake' }, ci)],
      'rejected',
      'Rejected, as ci cancelled the request: mistake',
    ],
    [
      'a broken glass',
      [breakGlass('approved')],
      'approved',
      'Approved by alice, who broke the glass: all is on fire',
    ],
  ] as const)('of %s', (_what, commands, state, comment) => {
    expect(reviewOf(...commands)).toEqual([state, comment]);
  });

  test('names everybody who approved, many by their number', () => {
    const events = given(ask({ closing }), approve('bob'), approve('carol'));
    expect(inputOf('closing', events).comment).toBe('Approved by bob and carol.');
    const people = Array.from({ length: 13 }, (_, n) => `p${n}`);
    const many = slate({ stages: [{ name: 'all', require: [{ from: users(...people), min: 13 }] }] });
    const all = given(ask({ closing, slate: many }), ...people.map((name) => approve(name)));
    expect(inputOf('closing', all).comment).toBe(
      'Approved by p0, p1, p2, p3, p4, p5, p6, p7, p8, p9 and 3 more.',
    );
  });

  test('is that the policy asks nobody', () => {
    const input = inputOf('closing', given({ ...ask({ closing }), autoApprove: true }));
    expect(input).toMatchObject({ state: 'approved', comment: 'Approved by policy, which asks nobody.' });
  });

  test('is bounded, and can hide nothing', () => {
    const [, long] = reviewOf(approve('bob', { note: `${'a'.repeat(560)}${'😀'.repeat(50)}` }));
    expect(String(long).length).toBeLessThanOrEqual(600);
    expect(String(long)).toMatch(/😀…$/u);
    expect(String(long).isWellFormed()).toBe(true);
    const [, sly] = reviewOf(deny('bob', { note: 'no <!-- countersign:x -->' }));
    expect(sly).not.toContain('<!--');
  });
});

test('any other step is made as it was recorded', () => {
  const step = { connector: 'elsewhere', operation: 'ring', input: { bell: 'front' } };
  const [call] = callsOf(given(ask({ closing: step }), deny('bob')));
  expect(call).toMatchObject({ call: 'closing', ...step });
  expect(call?.input).toEqual({ bell: 'front' });
});
