import {
  type Approval,
  type ApprovalEvent,
  canonicalJson,
  decide,
  fold,
  statusOf,
  stepKey,
} from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import { approve, at, given, REQUEST, thenRefused, when } from '../approval/given.ts';
import {
  after,
  approved,
  askPlan,
  failed,
  failedForNow,
  planHash,
  record,
  resume,
  start,
  started,
  succeeded,
  unknown,
} from './given.ts';

const running = after(approved(), start(100));
const stepsOf = (events: ApprovalEvent[]) => (fold(events) as Approval).dispatch?.steps ?? [];
const runOf = (events: ApprovalEvent[]) => (fold(events) as Approval).dispatch?.run;

describe('a step', () => {
  test('is on the record before its connector is called, and extends the lease', () => {
    const outcome = when(running, started(0));
    expect(outcome.events).toEqual([
      {
        type: 'StepStarted',
        data: {
          at: at(110),
          by: { sub: 'dispatcher', kind: 'system', via: 'system' },
          dispatch: 1,
          step: 0,
          try: 1,
          connector: 'github',
          operation: 'open_issue',
          idempotencyKey: stepKey(REQUEST, planHash(running), 0),
          until: at(140),
        },
      },
    ]);
    expect((outcome.state as Approval).dispatch?.run?.until).toBe(at(140));
  });

  test('has one idempotency key for every try in every dispatch, and shares it with no other', () => {
    const first = after(running, started(0), failedForNow(0), started(0, 2), failed(0, 2));
    const second = after(first, start(200), started(0, 1, { dispatch: 2 }), succeeded(0, { dispatch: 2 }));
    const all = after(second, started(1, 1, { dispatch: 2 }));
    const keys = all.flatMap((event) => (event.type === 'StepStarted' ? [event.data.idempotencyKey] : []));
    expect(keys).toHaveLength(4);
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(keys[3]).not.toBe(keys[0]);
    const elsewhere = stepKey(REQUEST.replace(/1$/, '2'), planHash(running), 0);
    expect([keys[3], elsewhere]).not.toContain(keys[0]);
    expect(keys[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test('that succeeded opens the way to the next; the last one ends the dispatch', () => {
    const first = when(after(running, started(0)), succeeded(0));
    expect(first.types).toEqual(['StepSucceeded']);
    const last = when(after(running, started(0), succeeded(0), started(1)), succeeded(1, { seconds: 120 }));
    expect(last.types).toEqual(['StepSucceeded', 'Dispatched']);
    const state = last.state as Approval;
    expect(last.events[1]?.data).toMatchObject({ dispatch: 1, planHash: planHash(running) });
    expect(statusOf(state)).toBe('dispatched');
    expect(state.dispatch).toMatchObject({ phase: 'done', dispatchedAt: at(120), failure: null });
    expect(state.dispatch?.steps.map(({ result }) => result)).toEqual([{ id: 0 }, { id: 1 }]);
  });

  test('that certainly failed for now is tried again by the same dispatch', () => {
    const outcome = when(after(running, started(0)), failedForNow(0));
    expect(outcome.types).toEqual(['StepFailed']);
    expect(outcome.events[0]?.data).toMatchObject({
      try: 1,
      transient: true,
      retryAt: at(115),
      until: at(150),
    });
    const state = outcome.state as Approval;
    expect(statusOf(state)).toBe('dispatching');
    expect(state.dispatch?.run?.until).toBe(at(150));
    expect(state.dispatch?.steps[0]).toMatchObject({ status: 'retrying', retryAt: at(115), error: 'busy' });
    const again = after([...after(running, started(0)), ...outcome.events], started(0, 2, { seconds: 115 }));
    expect(stepsOf(again)[0]).toMatchObject({
      status: 'started',
      tries: 2,
      firstStartedAt: at(110),
      startedAt: at(115),
      sentUntil: at(145),
      retryAt: null,
      error: null,
    });
  });

  test('that certainly failed ends the dispatch', () => {
    const outcome = when(after(running, started(0)), failed(0));
    expect(outcome.types).toEqual(['StepFailed', 'DispatchFailed']);
    const state = outcome.state as Approval;
    expect(statusOf(state)).toBe('dispatch_failed');
    expect(state.dispatch?.failure).toEqual({ at: at(110), step: 0, error: 'no', outcomeUnknown: false });
    expect(state.dispatch?.steps[0]).toMatchObject({ status: 'failed', endedAt: at(110) });
  });

  test('whose outcome nobody can tell ends it too', () => {
    const outcome = when(after(running, started(0)), unknown(0));
    expect(outcome.types).toEqual(['StepOutcomeUnknown', 'DispatchFailed']);
    const { dispatch } = outcome.state as Approval;
    expect(dispatch?.failure).toMatchObject({ step: 0, outcomeUnknown: true });
    expect(dispatch?.steps[0]).toMatchObject({ status: 'unknown', error: 'no answer' });
  });

  test('that was found done says so', () => {
    const found = record({ what: 'succeeded', step: 0, result: {}, reconciled: true });
    expect(stepsOf(after(running, started(0), found))[0]).toMatchObject({
      status: 'succeeded',
      reconciled: true,
    });
  });
});

describe('only what may come next is recorded', () => {
  const first = after(running, started(0));
  test.each([
    ['a step that is not the first to be done', running, started(1)],
    ['a step that there is not', running, started(2)],
    ['the outcome of what was not started', running, succeeded(0)],
    ['a failure of what was not started', running, failed(0)],
    ['a second try before the first', running, started(0, 2)],
    ['another try while the outcome is not known', first, started(0, 2)],
    ['a failure of another try', first, failed(0, 2)],
    ['a try of what has succeeded', after(first, succeeded(0)), started(0, 2)],
    ['a step behind one that failed', after(first, failedForNow(0)), started(1)],
    ['a try after the dispatch has failed', after(first, failed(0)), started(0, 2)],
    ['a try of a step that nobody can tell of', after(first, unknown(0)), started(0, 2)],
    ['a step where no dispatch has begun', approved(), started(0)],
    ['a step where there is no plan', given(askPlan({}, {}, { dispatch: undefined } as never)), started(0)],
  ])('not %s', (_what, before, next) => {
    const outcome = when(before, next);
    thenRefused(outcome, 'lease_lost');
    expect(outcome.events).toEqual([]);
  });

  test('and only of the instance that holds the dispatch', () => {
    thenRefused(when(running, started(0, 1, { instance: 'b' })), 'lease_lost');
    thenRefused(when(running, started(0, 1, { dispatch: 2 })), 'lease_lost');
    const taken = after(first, resume(140, 'b'));
    thenRefused(when(taken, succeeded(0)), 'lease_lost');
    expect(when(taken, succeeded(0, { instance: 'b' })).types).toEqual(['StepSucceeded']);
    const second = after(first, failed(0), start(200));
    thenRefused(when(second, started(0)), 'lease_lost');
  });

  test('a holder that is late may still tell, while nobody else has taken over', () => {
    const late = { seconds: 1000 };
    expect(when(first, succeeded(0, late)).types).toEqual(['StepSucceeded']);
    expect(when(running, started(0, 1, late)).types).toEqual(['StepStarted']);
    expect(runOf(after(running, started(0, 1, late)))?.until).toBe(at(1030));
  });

  test('an undecided request that is overdue has nothing to tell of', () => {
    const outcome = when(given(askPlan()), started(0, 1, { seconds: 4000 }));
    thenRefused(outcome, 'expired');
    expect(outcome.types).toEqual(['RequestExpired']);
  });
});

describe('telling again, since the answer was lost', () => {
  const one = started(0);
  test.each([
    ['the start', running, one],
    ['the success', after(running, one), succeeded(0)],
    ['the last success', after(running, one, succeeded(0), started(1)), succeeded(1)],
    ['a failure for now', after(running, one), failedForNow(0)],
    ['a failure', after(running, one), failed(0)],
    ['that nobody can tell', after(running, one), unknown(0)],
  ])('%s writes nothing', (_what, before, next) => {
    const once = after(before, next);
    expect(once.length).toBeGreaterThan(before.length);
    expect(decide(next, fold(once))).toEqual({ events: [] });
  });
});

describe('what goes on the record', () => {
  test('of an error is cut at 500 characters, with a mark', () => {
    const tell = (error: string) => record({ what: 'failed', step: 0, try: 1, error, transient: false });
    const errorOf = (error: string) => stepsOf(after(running, started(0), tell(error)))[0]?.error ?? '';
    expect(errorOf('x'.repeat(500))).toBe('x'.repeat(500));
    expect(errorOf('x'.repeat(501))).toBe(`${'x'.repeat(499)}…`);
    expect(errorOf(`${'x'.repeat(498)}😀😀`)).toBe(`${'x'.repeat(498)}…`);
    expect(canonicalJson(errorOf('half \uD83D'))).toBe(canonicalJson('half \uFFFD'));
  });

  const resultOf = (result: object) => {
    const report = { what: 'succeeded', step: 0, result: result as never, reconciled: false } as const;
    return stepsOf(after(running, started(0), record(report)))[0]?.result ?? {};
  };

  test('of a result is at most 8 KiB: the smallest members, and the names of the others', () => {
    const small = { url: 'https://example.com/7', id: 7 };
    expect(resultOf(small)).toEqual(small);
    expect(resultOf({ ...small, body: 'x'.repeat(8100) })).toMatchObject({ body: 'x'.repeat(8100) });
    expect(resultOf({ ...small, body: 'x'.repeat(8200) })).toEqual({ ...small, $cut: ['body'] });
    expect(resultOf({ ...small, body: 'ä'.repeat(4100) })).toEqual({ ...small, $cut: ['body'] });
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`\u0001${n}`.repeat(20), 'x']));
    expect(Buffer.byteLength(canonicalJson(resultOf(many)))).toBeLessThanOrEqual(8192);
  });

  test('of a result that is no JSON is what JSON can say', () => {
    const odd = { id: 7, when: new Date(0), half: '\uD83D', none: undefined, big: Number.NaN };
    expect(resultOf(odd)).toEqual({ id: 7, $cut: ['when', 'half', 'big'] });
  });
});

test('an approval by breaking the glass names the plan as well', () => {
  const forced = given(askPlan(), {
    ...approve('alice'),
    type: 'InvokeBreakGlass',
    status: 'approved',
    reason: 'it has to be now',
  } as never);
  expect(when(forced, start(100)).types).toEqual(['DispatchStarted']);
});
