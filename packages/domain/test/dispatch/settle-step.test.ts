import { type Approval, decide, fold, statusOf } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import { at, person, thenRefused, when } from '../approval/given.ts';
import {
  after,
  approved,
  begin,
  planHash,
  record,
  settle,
  start,
  started,
  succeeded,
  unknown,
} from './given.ts';

const lostFirst = after(approved(), start(), started(0), unknown(0));
const lostLast = after(approved(), start(), started(0), succeeded(0), started(1), unknown(1));

describe('settling a step that nobody could tell of', () => {
  test('is on the record with who, and why they think so', () => {
    const outcome = when(lostFirst, settle(0, 'failed'));
    expect(outcome.events).toEqual([
      {
        type: 'StepSettled',
        data: {
          at: at(200),
          by: { sub: 'olga', kind: 'human', via: 'api' },
          step: 0,
          outcome: 'failed',
          note: 'looked at their log',
        },
      },
    ]);
    const { dispatch } = outcome.state as Approval;
    expect(dispatch).toMatchObject({ phase: 'failed', failure: { outcomeUnknown: false } });
    expect(dispatch?.steps[0]).toMatchObject({
      status: 'failed',
      error: 'no answer',
      settled: { by: 'olga', outcome: 'failed', note: 'looked at their log' },
    });
  });

  test('as failed, a further dispatch starts it again', () => {
    const again = after(lostFirst, settle(0, 'failed'), start(300));
    const { types, events } = when(again, started(0, 1, { dispatch: 2 }));
    expect(types).toEqual(['StepStarted']);
    expect(events[0]?.data).toMatchObject({ dispatch: 2, try: 1 });
  });

  test('as succeeded, a further dispatch goes on behind it', () => {
    const again = after(lostFirst, settle(0, 'succeeded'), start(300));
    thenRefused(when(again, started(0, 1, { dispatch: 2 })), 'lease_lost');
    expect(when(again, started(1, 1, { dispatch: 2 })).types).toEqual(['StepStarted']);
  });

  test('as succeeded, the last one ends it all', () => {
    const { types, events, state } = when(lostLast, settle(1, 'succeeded'));
    expect(types).toEqual(['StepSettled', 'Dispatched']);
    expect(events[1]?.data).toMatchObject({ by: { sub: 'olga' }, dispatch: 1, planHash: planHash(lostLast) });
    expect(statusOf(state as Approval)).toBe('dispatched');
  });

  test('again by the same person writes nothing, by another or otherwise is refused', () => {
    const settled = after(lostFirst, settle(0, 'failed'));
    expect(decide(settle(0, 'failed'), fold(settled))).toEqual({ events: [] });
    thenRefused(when(settled, settle(0, 'succeeded')), 'nothing_to_settle');
    const other = person('erin', { roles: ['admin'] });
    thenRefused(when(settled, settle(0, 'failed', { caller: other })), 'nothing_to_settle');
  });

  test.each([
    ['there is no such step', lostFirst, 7],
    ['it succeeded', lostLast, 0],
    ['it was not started', lostFirst, 1],
    ['its outcome may still come', after(approved(), start(), started(0)), 0],
    ['nothing was dispatched', approved(), 0],
  ])('is refused when %s', (_what, before, step) => {
    thenRefused(when(before, settle(step, 'succeeded')), 'nothing_to_settle');
  });

  test('is for people who are admins', () => {
    const machine = person('bot', { kind: 'machine', roles: ['admin'] });
    thenRefused(when(lostFirst, settle(0, 'failed', { caller: machine })), 'machine_may_not_decide');
    thenRefused(when(lostFirst, settle(0, 'failed', { caller: person('bob') })), 'role_missing');
  });

  test('needs to say why', () => {
    const outcome = when(lostFirst, settle(0, 'failed', { note: '   because   ' }));
    thenRefused(outcome, 'reason_too_short');
    expect(outcome.refusal?.errors).toEqual([{ pointer: '/note', detail: 'at least 10 characters' }]);
  });

  test('is still possible when the approval is good no longer', () => {
    const lost = after(approved({ validForSec: 100 }), start(150), started(0), unknown(0));
    expect(when(lost, settle(0, 'failed', { seconds: 5000 })).types).toEqual(['StepSettled']);
  });
});

describe('an approval that was not used', () => {
  const lapse = (seconds: number) => ({ ...begin(seconds), type: 'LapseApproval' }) as never;
  const events = approved({ validForSec: 100 });

  test('lapses when its time is over, once', () => {
    expect(decide(lapse(159), fold(events))).toEqual({ events: [] });
    const lapsed = when(events, lapse(160));
    expect(lapsed.types).toEqual(['ApprovalLapsed']);
    expect(decide(lapse(161), lapsed.state)).toEqual({ events: [] });
  });

  test.each([
    ['it was used', after(events, start(100))],
    [
      'what it was used for failed',
      after(
        events,
        start(100),
        started(0),
        record({ what: 'failed', step: 0, try: 1, error: '', transient: false }),
      ),
    ],
    ['it is good for ever', approved()],
  ])('does not lapse when %s', (_what, before) => {
    expect(decide(lapse(1e6), fold(before))).toEqual({ events: [] });
  });
});
