import { type Approval, type ApprovalEvent, decide, fold, statusAt, statusOf } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import { approve, ask, at, deny, given, person, thenRefused, when } from '../approval/given.ts';
import {
  admin,
  after,
  approved,
  askPlan,
  begin,
  failed,
  LEASE_MS,
  planHash,
  resume,
  settle,
  start,
  started,
  succeeded,
  unknown,
} from './given.ts';

const status = (events: ApprovalEvent[]) => statusOf(fold(events) as Approval);
/** As if another plan had been approved. */
const forged = (events: ApprovalEvent[]) =>
  events.map((event) =>
    event.type === 'RequestApproved'
      ? { ...event, data: { ...event.data, planHash: 'sha256:11' as const } }
      : event,
  );
const dispatchOf = (events: ApprovalEvent[]) => (fold(events) as Approval).dispatch;

describe('starting a dispatch', () => {
  test('claims it for an instance until the end of its lease', () => {
    const events = approved();
    const outcome = when(events, start(100));
    expect(outcome.events).toEqual([
      {
        type: 'DispatchStarted',
        data: {
          at: at(100),
          by: { sub: 'olga', kind: 'human', via: 'api' },
          dispatch: 1,
          planHash: planHash(events),
          instance: 'a',
          until: at(100 + LEASE_MS / 1000),
        },
      },
    ]);
    expect(statusOf(outcome.state as Approval)).toBe('dispatching');
  });

  test('is for admins, people and machines alike', () => {
    const machine = person('deployer', { kind: 'machine', roles: ['admin'] });
    expect(when(approved(), start(100, {}, machine)).types).toEqual(['DispatchStarted']);
    for (const roles of [['approver'], ['requester'], ['auditor'], []] as const) {
      thenRefused(when(approved(), start(100, {}, person('bob', { roles }))), 'role_missing');
    }
  });

  test('needs a plan', () => {
    thenRefused(
      when(given(ask({ slate: askPlan().details.slate }), approve('bob')), start()),
      'nothing_to_dispatch',
    );
  });

  test('needs an approval that stands', () => {
    thenRefused(when(given(askPlan()), start()), 'not_approved');
    const denied = when(given(askPlan(), deny('bob')), start());
    thenRefused(denied, 'not_approved');
    expect(denied.refusal?.facts).toEqual({ status: 'denied' });
  });

  test('finds the expiry of what nobody decided in time, and tells of one that is recorded', () => {
    const late = when(given(askPlan()), start(4000));
    expect(late.types).toEqual(['RequestExpired']);
    thenRefused(late, 'expired');
    thenRefused(when(after(given(askPlan()), begin(4000)), start(4001)), 'expired');
  });

  test('is refused while one is under way, to whoever wants it, with who and how long', () => {
    const running = after(approved(), start(100));
    const second = when(running, start(101, { instance: 'b' }));
    thenRefused(second, 'already_dispatching');
    expect(second.refusal?.facts).toEqual({ by: 'olga', until: at(130) });
    thenRefused(when(running, start(1000)), 'already_dispatching');
  });

  test('is refused once everything is carried out', () => {
    const done = after(approved(), start(), started(0), succeeded(0), started(1), succeeded(1));
    expect(status(done)).toBe('dispatched');
    thenRefused(when(done, start(500)), 'already_dispatched');
  });

  test('after a failure goes on at the failed step', () => {
    const broken = after(approved(), start(), started(0), succeeded(0), started(1), failed(1));
    expect(status(broken)).toBe('dispatch_failed');
    const again = after(broken, start(200, { instance: 'b' }));
    expect(again.at(-1)).toMatchObject({ type: 'DispatchStarted', data: { dispatch: 2, instance: 'b' } });
    expect(dispatchOf(again)).toMatchObject({
      phase: 'running',
      failure: null,
      steps: [{ status: 'succeeded' }, { status: 'waiting', tries: 0 }],
    });
  });

  test('waits for a step whose outcome nobody can tell to be settled', () => {
    const lost = after(approved(), start(), started(0), unknown(0));
    const outcome = when(lost, start(300));
    thenRefused(outcome, 'step_outcome_unknown');
    expect(outcome.refusal?.facts).toEqual({ step: 0 });
    expect(when(after(lost, settle(0, 'failed')), start(300)).types).toEqual(['DispatchStarted']);
  });

  test('is refused for another plan than the one approved or shown', () => {
    const events = approved();
    const other = when(events, start(100, { planHash: 'sha256:00' }));
    thenRefused(other, 'stale_plan');
    expect(other.refusal?.facts).toEqual({ planHash: planHash(events), given: 'sha256:00' });
    expect(when(events, start(100, { planHash: planHash(events) })).types).toEqual(['DispatchStarted']);
    thenRefused(when(forged(events), start()), 'stale_plan');
    const silent = events.map((event) => {
      if (event.type !== 'RequestApproved') return event;
      const { planHash: _left, ...data } = event.data;
      return { ...event, data };
    });
    thenRefused(when(silent, start()), 'stale_plan');
  });

  test('is too early before the time that was asked for', () => {
    const events = approved({ notBefore: at(500) });
    const early = when(events, start(499));
    thenRefused(early, 'too_early');
    expect(early.refusal?.facts).toEqual({ notBefore: at(500) });
    expect(when(events, start(500)).types).toEqual(['DispatchStarted']);
  });
});

describe('an approval that is good for a time', () => {
  const events = approved({ validForSec: 100 });

  test('starts a dispatch until then, and reads expired from then on, timer or not', () => {
    const state = fold(events) as Approval;
    expect(when(events, start(159)).types).toEqual(['DispatchStarted']);
    expect([statusAt(state, at(159)), statusAt(state, at(160))]).toEqual(['approved', 'expired']);
    expect(statusOf(state)).toBe('approved');
  });

  test('is recorded as lapsed by whatever comes too late', () => {
    const late = when(events, start(160));
    expect(late.events).toEqual([
      {
        type: 'ApprovalLapsed',
        data: { at: at(160), by: { sub: 'timer', kind: 'system', via: 'timer' }, validUntil: at(160) },
      },
    ]);
    thenRefused(late, 'expired');
    expect(late.refusal?.facts).toEqual({ validUntil: at(160) });
    expect(statusOf(late.state as Approval)).toBe('expired');
  });

  test('once lapsed is not good even by a clock that is behind', () => {
    const lapsed = after(events, { ...begin(170) });
    expect(status(lapsed)).toBe('expired');
    const behind = when(lapsed, start(120));
    thenRefused(behind, 'expired');
    expect(behind.events).toEqual([]);
  });

  test('goes on with a dispatch that began in time', () => {
    const running = after(events, start(159));
    const done = after(running, ...[0, 1].flatMap((n) => [started(n, 1, { seconds: 300 }), succeeded(n)]));
    expect(status(done)).toBe('dispatched');
    expect(statusAt(fold(done) as Approval, at(5000))).toBe('dispatched');
  });

  test('starts no further dispatch after a failed one, whose failure stays to be seen', () => {
    const broken = after(events, start(150), started(0), failed(0));
    expect(when(broken, start(155)).types).toEqual(['DispatchStarted']);
    const late = when(broken, start(160));
    thenRefused(late, 'expired');
    expect(late.events).toEqual([]);
    expect(statusAt(fold(broken) as Approval, at(1000))).toBe('dispatch_failed');
  });
});

describe('a dispatch on approval', () => {
  const events = approved({ mode: 'on-approval' });

  test('begins by itself, once', () => {
    const begun = when(events, begin(61));
    expect(begun.events).toEqual([
      expect.objectContaining({
        type: 'DispatchStarted',
        data: expect.objectContaining({
          by: { sub: 'dispatcher', kind: 'system', via: 'system' },
          dispatch: 1,
        }),
      }),
    ]);
    const running = [...events, ...begun.events];
    expect(decide(begin(62, 'b'), fold(running))).toEqual({ events: [] });
  });

  test.each([
    ['only when the policy says so', approved({ mode: 'manual' })],
    ['not before the request is approved', given(askPlan({ mode: 'on-approval' }))],
    ['not for what was denied', given(askPlan({ mode: 'on-approval' }), deny('bob'))],
    ['not before its time', approved({ mode: 'on-approval', notBefore: at(500) })],
    ['not without a plan', given(ask())],
    ['not for another plan than the approved one', forged(approved({ mode: 'on-approval' }))],
    ['not again after a failure', after(events, begin(61), started(0), failed(0))],
    ['not again when done', after(events, begin(61), ...[0, 1].flatMap((n) => [started(n), succeeded(n)]))],
  ])('begins %s', (_what, before) => {
    expect(decide(begin(200), fold(before))).toEqual({ events: [] });
  });

  test('records an approval that was not used in time', () => {
    const slow = approved({ mode: 'on-approval', validForSec: 100, notBefore: at(120) });
    expect(when(slow, begin(159)).types).toEqual(['DispatchStarted']);
    expect(when(slow, begin(160)).types).toEqual(['ApprovalLapsed']);
  });

  test('follows an automatic approval, whose plan it names', () => {
    const asked = { ...askPlan({ mode: 'on-approval' }), autoApprove: true };
    const made = given(asked);
    expect(made.at(-1)).toMatchObject({ type: 'RequestApproved', data: { planHash: planHash(made) } });
    expect(when(made, begin(1)).types).toEqual(['DispatchStarted']);
  });

  test('an admin may start it too, and so goes on after a failure', () => {
    expect(when(events, start(61, {}, admin)).types).toEqual(['DispatchStarted']);
    expect(when(after(events, begin(61), started(0), failed(0)), start(200)).types).toEqual([
      'DispatchStarted',
    ]);
  });
});

describe('going on after a lease is over', () => {
  const running = after(approved(), start(100));

  test('writes nothing while it lives, nor where nothing is under way', () => {
    expect(decide(resume(129), fold(running))).toEqual({ events: [] });
    expect(decide(resume(129, 'a'), fold(running))).toEqual({ events: [] });
    expect(decide(resume(500), fold(approved()))).toEqual({ events: [] });
    expect(decide(resume(500), fold(given(ask())))).toEqual({ events: [] });
    const broken = after(running, started(0), failed(0));
    expect(decide(resume(500), fold(broken))).toEqual({ events: [] });
  });

  test('takes the same dispatch over', () => {
    const resumed = when(running, resume(130));
    expect(resumed.events).toEqual([
      {
        type: 'DispatchResumed',
        data: {
          at: at(130),
          by: { sub: 'dispatcher', kind: 'system', via: 'system' },
          dispatch: 1,
          instance: 'b',
          until: at(160),
        },
      },
    ]);
    const { dispatch } = resumed.state as Approval;
    expect(dispatch?.run).toMatchObject({ dispatch: 1, by: 'olga', instance: 'b', until: at(160) });
    expect(when([...running, ...resumed.events], started(0)).refusal?.code).toBe('lease_lost');
  });

  test('of many at once one takes it over', () => {
    const first = after(running, resume(130, 'b'));
    expect(decide(resume(131, 'c'), fold(first))).toEqual({ events: [] });
  });

  test('leaves a step that was started as it was, to be found out about', () => {
    const resumed = after(running, started(0, 1, { seconds: 110 }), resume(140));
    expect(dispatchOf(resumed)?.steps[0]).toMatchObject({ status: 'started', tries: 1, sentUntil: at(140) });
  });
});
