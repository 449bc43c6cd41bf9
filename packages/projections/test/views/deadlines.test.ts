import { type Approval, type ApprovalCommand, fold, validUntil } from '@countersign/domain';
import { afterEach, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { deadlinesProjection } from '../../src/views/deadlines/handler.ts';
import { DISPATCHER_KINDS, DUE_KINDS, type DueKind, TIMER_KINDS } from '../../src/views/deadlines/kinds.ts';
import { type DueRow, deadlineQueries, deadlinesOf } from '../../src/views/deadlines/queries.ts';
import { plansOf } from '../support/explain.ts';
import { randomLedger } from '../support/generate.ts';
import { type Fed, feed, steps } from '../support/handler.ts';
import { cleanUp } from '../support/ledger.ts';
import { ask, at, caller } from '../support/requests.ts';
import { approved, begun, done, LIMITS, report, send, start } from '../support/story.ts';

afterEach(cleanUp);

describe('deadlines', () => {
  test('property: holds what the folds say comes due, in order, and gives each kind alone', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 40 }), fc.nat(150), (seed, batch, cut) => {
        const view = feed(deadlinesProjection);
        const seen = randomLedger(seed, 25).steps.slice(0, -cut - 1);
        view.given(seen, batch);
        const streams = Map.groupBy(seen, ({ stream }) => stream.slice('approval-'.length));
        const expected = [...streams].flatMap(([requestId, events]) =>
          comesDue(fold(events.map(({ event }) => event)) as Approval).map((due) => ({
            requestId,
            tenant: 'default',
            rung: 0,
            ...due,
          })),
        );
        const { due, nextDueAt } = deadlineQueries(view.reader);
        const all = due('9999', 1000);
        expect(all.toSorted(byPlace)).toEqual(expected.toSorted(byPlace));
        for (const kinds of [DUE_KINDS, TIMER_KINDS, DISPATCHER_KINDS, ['lapse'] as const, []]) {
          const found = due('9999', 1000, kinds);
          expect(found).toEqual(all.filter(({ kind }) => kinds.some((one) => one === kind)));
          expect(found.map(({ dueAt }) => dueAt)).toEqual(found.map(({ dueAt }) => dueAt).toSorted());
          expect(nextDueAt(kinds)).toBe(found[0]?.dueAt ?? null);
          expect(due(at(600), 3, kinds)).toEqual(found.filter(({ dueAt }) => dueAt <= at(600)).slice(0, 3));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('gives what is due, the longest overdue first, at most so many', () => {
    const view = feed(deadlinesProjection);
    view.given(steps(ask('a', 0, { timeout: 100 }), ask('b', 10, { timeout: 60 })));
    const { due } = deadlineQueries(view.reader);
    expect(due(at(39), 10)).toEqual([]);
    expect(due(at(50), 10).map(({ requestId, kind }) => [requestId, kind])).toEqual([
      ['b', 'escalate'],
      ['a', 'escalate'],
    ]);
    expect(due(at(500), 1)).toHaveLength(1);
  });
});

describe('deadlines of what is carried out', () => {
  const open = (view: Fed) =>
    deadlineQueries(view.reader)
      .due('9999', 100)
      .map(({ kind, dueAt }) => [kind, dueAt]);

  test('follow a dispatch: to begin, to lapse, the ends of leases, nothing', () => {
    const view = feed(deadlinesProjection);
    const request = ask('a', 0, { plan: { mode: 'on-approval', validForSec: 500, notBefore: at(90) } });
    let seen = 0;
    const now = () => {
      view.given(steps({ requestId: 'a', events: request.events.slice(seen) }), 1);
      seen = request.events.length;
      return open(view);
    };
    expect(now().map(([kind]) => kind)).toEqual(['escalate', 'expire']);
    const by = { caller: caller('alice'), overrideLimits: LIMITS };
    send(request, { type: 'Decide', requestId: 'a', now: at(60), status: 'approved', ...by });
    expect(now()).toEqual([
      ['dispatch', at(90)],
      ['lapse', at(560)],
    ]);
    send(request, { type: 'BeginDispatch', requestId: 'a', now: at(90), instance: 'one', leaseMs: 30_000 });
    expect(now()).toEqual([['resume', at(120)]]);
    report(request, 91, begun(0, 1, 131));
    expect(now()).toEqual([['resume', at(131)]]);
    const retry = { at: at(100), until: at(140) };
    report(request, 92, { what: 'failed', step: 0, try: 1, error: 'busy', transient: true, retry });
    expect(now()).toEqual([['resume', at(140)]]);
    send(request, { type: 'ResumeDispatch', requestId: 'a', now: at(141), instance: 'one', leaseMs: 30_000 });
    expect(now()).toEqual([['resume', at(171)]]);
    report(request, 142, begun(0, 2, 180));
    report(request, 143, { what: 'failed', step: 0, try: 2, error: 'no', transient: false });
    expect(now()).toEqual([]);
    start(request, 300);
    expect(now()).toEqual([['resume', at(330)]]);
    report(request, 301, begun(0, 1, 340));
    report(request, 302, done(0));
    report(request, 303, begun(1, 1, 345));
    report(request, 304, done(1));
    expect(now()).toEqual([]);
    expect(view.reader.all('SELECT * FROM planned')).toEqual([]);
  });

  test.each([
    [
      'denied',
      (id: string) => ({ type: 'Decide', status: 'denied', requestId: id, caller: caller('alice') }),
    ],
    ['cancelled', (id: string) => ({ type: 'CancelRequest', requestId: id, caller: caller('frank') })],
  ])('of a plan whose request is %s are none', (_, end) => {
    const view = feed(deadlinesProjection);
    const request = ask('a', 0, { plan: { mode: 'on-approval', validForSec: 5 } });
    send(request, { ...end('a'), now: at(5), overrideLimits: LIMITS } as ApprovalCommand);
    view.given(steps(request), 1);
    expect(open(view)).toEqual([]);
    expect(view.reader.all('SELECT * FROM planned')).toEqual([]);
  });

  test('nobody has to begin what somebody must', () => {
    const view = feed(deadlinesProjection);
    view.given(steps(approved('a')));
    expect(open(view)).toEqual([]);
  });

  test('of some kinds cost the same beside 100,000 of the others', () => {
    const view = feed(deadlinesProjection);
    view.given(steps(approved('a', { mode: 'on-approval', validForSec: 1000 })));
    const db = new Database(view.file);
    db.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
      INSERT INTO deadlines SELECT 'left-' || i, iif(i % 2, 'expire', 'resume'), 0, 'default', '2025' FROM n;
      ANALYZE`);
    db.close();
    const lapses = deadlinesOf(deadlineQueries(view.reader), ['lapse']);
    const begins = deadlinesOf(deadlineQueries(view.reader), ['dispatch']);
    expect(lapses.due(at(2000), 9)).toMatchObject([{ requestId: 'a', kind: 'lapse' }]);
    expect([lapses.nextDueAt(), begins.nextDueAt()]).toEqual([at(1060), at(60)]);
    const details = plansOf(view, (reader) => {
      const { due, nextDueAt } = deadlineQueries(reader);
      due(at(2000), 9, TIMER_KINDS);
      nextDueAt(DISPATCHER_KINDS);
    });
    const searches = details.filter((detail) => detail.includes('deadlines'));
    expect(searches).toHaveLength(TIMER_KINDS.length + DISPATCHER_KINDS.length);
    for (const detail of searches)
      expect(detail).toMatch(/^SEARCH deadlines USING .*INDEX deadlines_due \(kind=\?/);
  });
});

/** What the clock, or a dispatcher, will have to do about a request as it stands. */
function comesDue(state: Approval): { kind: DueKind; dueAt: string; rung?: number }[] {
  const { decision, escalated, request, dispatch } = state;
  if (!decision) {
    const rungs = request.escalations.filter(({ rung }) => !escalated.includes(rung));
    return [
      ...rungs.map(({ rung, at: dueAt }) => ({ kind: 'escalate' as const, dueAt, rung })),
      { kind: 'expire', dueAt: request.expiresAt },
    ];
  }
  if (dispatch?.phase === 'running') return [{ kind: 'resume', dueAt: dispatch.run?.until ?? '' }];
  if (decision.outcome !== 'approved' || dispatch?.phase !== 'idle') return [];
  const { notBefore = '', mode } = request.dispatch ?? {};
  const until = validUntil(state);
  return [
    ...(until === null ? [] : [{ kind: 'lapse' as const, dueAt: until }]),
    ...(mode === 'on-approval'
      ? [{ kind: 'dispatch' as const, dueAt: [notBefore, decision.at].toSorted()[1] ?? '' }]
      : []),
  ];
}

function byPlace(a: Due, b: Due): number {
  return placeOf(a) < placeOf(b) ? -1 : 1;
}

type Due = Pick<DueRow, 'requestId' | 'kind' | 'rung'>;

function placeOf({ requestId, kind, rung }: Due): string {
  return `${requestId} ${kind} ${rung}`;
}
