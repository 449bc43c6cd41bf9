import {
  type Approval,
  type ApprovalCommand,
  type ApprovalEvent,
  decide,
  evolve,
  fold,
  initialState,
  statusOf,
} from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { at, person, T0 } from '../approval/given.ts';
import { approved, begin, LEASE_MS, record, resume, settle, start } from './given.ts';

/**
 * Commands as nobody in their right mind would send them: any report by any instance at any time. Whatever comes of it
 * must be a history that makes sense.
 */

/** A command made of what has happened: near what may come next, and often beside it. */
type Move = (events: readonly ApprovalEvent[]) => ApprovalCommand;

const off = (...by: number[]) => fc.constantFrom(...Array<number>(8).fill(0), ...by);
const anyHolding = fc.record({
  later: fc.nat(45),
  isHolder: fc.constantFrom(true, true, true, false),
  dispatch: off(-1, 1),
});
const anyStep = off(-1, 1);
const anyTry = off(-1, 1, 2);

const anyStart = fc.tuple(anyStep, anyTry, anyHolding).map(
  ([step, nth, h]): Move =>
    (events) => {
      const holding = holdingIn(events, h);
      const report = {
        what: 'started',
        step: stepIn(events) + step,
        try: triesIn(events) + 1 + nth,
      } as const;
      return record({ ...report, until: at(holding.seconds + LEASE_MS / 1000) }, holding);
    },
);
const anySuccess = fc.tuple(anyStep, fc.boolean(), anyHolding).map(
  ([step, reconciled, h]): Move =>
    (events) => {
      const report = { what: 'succeeded', step: stepIn(events) + step, result: {}, reconciled } as const;
      return record(report, holdingIn(events, h));
    },
);
const anyFailure = fc.tuple(anyStep, anyTry, fc.boolean(), anyHolding).map(
  ([step, nth, again, h]): Move =>
    (events) => {
      const holding = holdingIn(events, h);
      const retry = { at: at(holding.seconds + 5), until: at(holding.seconds + 40) };
      const report = { what: 'failed', step: stepIn(events) + step, try: triesIn(events) + nth } as const;
      return record({ ...report, error: 'no', transient: again, ...(again && { retry }) }, holding);
    },
);
const anyDoubt = fc.tuple(anyStep, anyHolding).map(
  ([step, h]): Move =>
    (events) =>
      record({ what: 'unknown', step: stepIn(events) + step, error: '?' }, holdingIn(events, h)),
);

const later = fc.nat(45);
const instance = fc.constantFrom('a', 'b');
const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 5, arbitrary: anyStart },
  { weight: 4, arbitrary: anySuccess },
  anyFailure,
  anyDoubt,
  fc.tuple(later, instance).map(
    ([s, who]): Move =>
      (events) =>
        start(nowIn(events) + s, { instance: who }),
  ),
  fc.tuple(later, instance).map(
    ([s, who]): Move =>
      (events) =>
        begin(nowIn(events) + s, who),
  ),
  fc.tuple(later, instance).map(
    ([s, who]): Move =>
      (events) =>
        resume(nowIn(events) + s, who),
  ),
  fc.tuple(anyStep, fc.constantFrom('succeeded' as const, 'failed' as const), later).map(
    ([step, outcome, s]): Move =>
      (events) =>
        settle(stepIn(events) + step, outcome, { seconds: nowIn(events) + s }),
  ),
  later.map(
    (s): Move =>
      (events) =>
        ({ ...begin(nowIn(events) + s), type: 'LapseApproval' }) as ApprovalCommand,
  ),
);

const dispatchIn = (events: readonly ApprovalEvent[]) => (fold(events) as Approval).dispatch;
const nowIn = (events: readonly ApprovalEvent[]) =>
  (Date.parse(events.at(-1)?.data.at ?? T0) - Date.parse(T0)) / 1000;

/** The first step that is not done. */
function stepIn(events: readonly ApprovalEvent[]): number {
  return Math.max(0, dispatchIn(events)?.steps.findIndex(({ status }) => status !== 'succeeded') ?? 0);
}

function triesIn(events: readonly ApprovalEvent[]): number {
  return dispatchIn(events)?.steps[stepIn(events)]?.tries ?? 0;
}

function holdingIn(
  events: readonly ApprovalEvent[],
  wanted: { later: number; isHolder: boolean; dispatch: number },
) {
  const run = dispatchIn(events)?.run;
  const holder = run?.instance ?? 'a';
  return {
    seconds: nowIn(events) + wanted.later,
    instance: wanted.isHolder ? holder : holder === 'a' ? 'b' : 'a',
    dispatch: (run?.dispatch ?? 1) + wanted.dispatch,
  };
}

const anyPlan = fc.record({
  mode: fc.constantFrom('manual' as const, 'on-approval' as const),
  validForSec: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined, freq: 2 }),
});

const anyLife = fc
  .tuple(anyPlan, fc.array(anyMove, { minLength: 5, maxLength: 80, size: 'max' }))
  .map(([{ mode, validForSec }, moves]) => {
    const events = approved({ mode, ...(validForSec !== undefined && { validForSec }) });
    for (const move of moves) events.push(...decide(move(events), fold(events)).events);
    return events;
  });

/** Reads a history by itself, without the domain's state. @throws where it makes no sense */
function audit(events: readonly ApprovalEvent[]): void {
  const steps = [0, 1].map(() => ({ is: 'open', done: 0, tries: 0 }));
  let running = 0;
  let ran = 0;
  let until = '';
  const stepAt = (index: number) => steps[index] ?? { is: 'absent', done: 0, tries: 0 };
  for (const { type, data } of events) {
    switch (type) {
      case 'DispatchStarted':
        expect([running, data.dispatch]).toEqual([0, ran + 1]);
        expect(steps.every(({ is }) => is === 'open' || is === 'done')).toBe(true);
        for (const step of steps) step.tries = 0;
        running = ran = data.dispatch;
        until = data.until;
        break;
      case 'DispatchResumed':
        expect(data.dispatch).toBe(running);
        expect(data.at >= until).toBe(true);
        until = data.until;
        break;
      case 'StepStarted':
        expect([running, stepAt(data.step).is]).toEqual([data.dispatch, 'open']);
        expect(steps.slice(0, data.step).every(({ is }) => is === 'done')).toBe(true);
        expect(data.try).toBe(++stepAt(data.step).tries);
        stepAt(data.step).is = 'sent';
        until = data.until;
        break;
      case 'StepSucceeded':
        expect([running, stepAt(data.step).is]).toEqual([data.dispatch, 'sent']);
        stepAt(data.step).is = 'done';
        stepAt(data.step).done++;
        break;
      case 'StepFailed':
        expect([running, stepAt(data.step).is, data.try]).toEqual([
          data.dispatch,
          'sent',
          stepAt(data.step).tries,
        ]);
        stepAt(data.step).is = 'open';
        until = data.until ?? until;
        break;
      case 'StepOutcomeUnknown':
        expect([running, stepAt(data.step).is]).toEqual([data.dispatch, 'sent']);
        stepAt(data.step).is = 'unknown';
        break;
      case 'StepSettled':
        expect([running, stepAt(data.step).is]).toEqual([0, 'unknown']);
        stepAt(data.step).is = data.outcome === 'succeeded' ? 'done' : 'open';
        if (data.outcome === 'succeeded') stepAt(data.step).done++;
        break;
      case 'DispatchFailed':
        expect(running).toBe(data.dispatch);
        expect(stepAt(data.step).is).toBe(data.outcomeUnknown ? 'unknown' : 'open');
        running = 0;
        break;
      case 'Dispatched':
        expect(steps.map(({ is, done }) => [is, done])).toEqual([
          ['done', 1],
          ['done', 1],
        ]);
        expect(data.dispatch).toBe(ran);
        running = -1;
        break;
      case 'ApprovalLapsed':
        expect([running, ran]).toEqual([0, 0]);
        running = -1;
        break;
    }
  }
}

describe('whatever is sent, by whomever, at whatever time', () => {
  test('one holds the dispatch at a time; a step is started only while it is certainly not done', () => {
    const ends = new Map<string, number>();
    fc.assert(
      fc.property(anyLife, (events) => {
        audit(events);
        const status = statusOf(fold(events) as Approval);
        ends.set(status, (ends.get(status) ?? 0) + 1);
      }),
      { numRuns: 500 },
    );
    // The lives that were tried are worth something only if they end in every way there is.
    expect([...ends.keys()].toSorted()).toEqual([
      'approved',
      'dispatch_failed',
      'dispatched',
      'dispatching',
      'expired',
    ]);
  });

  test('doing it twice writes nothing the second time', () => {
    fc.assert(
      fc.property(anyLife, anyMove, (events, move) => {
        const next = move(events);
        const once = decide(next, fold(events));
        expect(decide(next, fold([...events, ...once.events])).events).toEqual([]);
      }),
    );
  });

  test('a refused command writes nothing, but for an approval that has lapsed', () => {
    fc.assert(
      fc.property(anyLife, anyMove, (events, move) => {
        const outcome = decide(move(events), fold(events));
        if (!outcome.refusal || outcome.events.length === 0) return;
        expect(outcome.refusal.code).toBe('expired');
        expect(outcome.events.map(({ type }) => type)).toEqual(['ApprovalLapsed']);
      }),
    );
  });

  test('nobody but an admin starts or settles anything', () => {
    const machine = person('ci', { kind: 'machine', roles: ['requester'] });
    const anybody = fc.constantFrom(person('bob'), person('alice'), machine);
    fc.assert(
      fc.property(anyLife, anybody, (events, caller) => {
        const state = fold(events);
        const commands = [start(500, {}, caller), settle(0, 'failed', { caller })];
        const codes = commands.map((command) => decide(command, state).refusal?.code);
        expect(['role_missing', 'machine_may_not_decide']).toEqual(expect.arrayContaining(codes));
      }),
    );
  });

  test('events in any order are taken without throwing', () => {
    fc.assert(
      fc.property(anyLife, fc.infiniteStream(fc.nat()), (events, dice) => {
        const shuffled = events.toSorted(() => (dice.next().value % 2 === 0 ? 1 : -1));
        const state = shuffled.reduce(evolve, initialState);
        if (state.exists) expect(typeof statusOf(state)).toBe('string');
      }),
    );
  });
});
