import { type Approval, type JsonObject, planFor, type Status } from '@countersign/domain';
import { afterEach, describe, expect, test } from '@jest/globals';
import { auditProjection } from '../../src/views/audit/handler.ts';
import { auditQueries } from '../../src/views/audit/queries.ts';
import { metricsProjection } from '../../src/views/metrics/handler.ts';
import { metricQueries } from '../../src/views/metrics/queries.ts';
import { requestsProjection } from '../../src/views/requests/handler.ts';
import { requestQueries } from '../../src/views/requests/queries.ts';
import { statisticsProjection } from '../../src/views/statistics/handler.ts';
import { statisticQueries } from '../../src/views/statistics/queries.ts';
import { plansOf } from '../support/explain.ts';
import { type Fed, feed, steps } from '../support/handler.ts';
import { cleanUp } from '../support/ledger.ts';
import { ask, at, caller } from '../support/requests.ts';
import { approved, begun, done, eventful, LIMITS, report, send, start } from '../support/story.ts';

afterEach(cleanUp);

describe('requests', () => {
  const get = (view: Fed, id: string, seconds: number) => requestQueries(view.reader).get(id, at(seconds));
  /** How many a list of that status holds, and what it says of their number. */
  const total = (view: Fed, status: Status | 'open', seconds: number) => {
    const query = { tenant: 'default', status, now: at(seconds), limit: 9, offset: 0 };
    const page = requestQueries(view.reader).list(query);
    expect(page.total).toBe(page.items.length);
    if (status !== 'open') expect(page.items.every((row) => row.status === status)).toBe(true);
    return page.total;
  };

  test('say what is carried out, how that stands, and what came of it', () => {
    const view = feed(requestsProjection);
    const request = eventful('a');
    view.given(steps(request, ask('bare', 0)), 1);
    const row = get(view, 'a', 300);
    expect(row).toMatchObject({
      status: 'dispatched',
      decidedAs: 'approved',
      decidedBy: 'alice',
      validUntil: null,
      plan: { mode: 'manual' },
      dispatch: {
        phase: 'done',
        dispatchedAt: at(265),
        failure: null,
        run: { dispatch: 2, by: 'olga' },
        steps: [
          { status: 'succeeded', settled: { by: 'olga', note: 'their log has it' } },
          { status: 'succeeded', result: { url: 'https://example.test/1' }, reconciled: true },
        ],
      },
    });
    expect(row?.dispatch?.approvedPlanHash).toBe(row?.dispatch?.planHash);
    const filled = planFor(row?.plan?.steps as never, JSON.parse(row?.params ?? '') as JsonObject);
    expect(filled.steps[0]).toMatchObject({ connector: 'github', input: { title: 'resize host-a' } });
    expect(get(view, 'bare', 300)).toMatchObject({ plan: null, dispatch: null, validUntil: null });
  });

  test('of one policy share the rules of their plan', () => {
    const view = feed(requestsProjection);
    view.given(
      steps(...['a', 'b', 'c'].map((id) => ask(id, 0, { plan: { notBefore: at(id === 'a' ? 1 : 2) } }))),
    );
    expect(view.reader.all('SELECT plan_id FROM plans')).toHaveLength(1);
    expect([get(view, 'a', 0)?.plan?.notBefore, get(view, 'b', 0)?.plan?.notBefore]).toEqual([at(1), at(2)]);
  });

  test("name the plan's hash after an edit, the policy's plan and the caller's own", () => {
    const view = feed(requestsProjection);
    const requests = [false, true].map((callers) => {
      const request = ask(String(callers), 0, { slate: 'staged', plan: { callers } });
      const { requestId } = request;
      const step = { connector: 'webhook', operation: 'post', input: { body: 'better' } };
      const overrides = callers ? { steps: [step, step] } : { size: 7 };
      const by = { caller: caller('bob'), overrideLimits: LIMITS };
      send(request, { type: 'Decide', requestId, now: at(9), status: 'approved', overrides, ...by });
      return request;
    });
    view.given(steps(...requests), 1);
    for (const { requestId, state, events } of requests) {
      const { dispatch } = state as Approval;
      expect(get(view, requestId, 10)?.dispatch).toEqual(dispatch);
      const first = events[0]?.data as { dispatch?: { planHash: string } };
      expect(dispatch?.planHash).not.toBe(first.dispatch?.planHash);
    }
    expect(get(view, 'true', 10)?.dispatch?.steps).toHaveLength(2);
  });

  test('read expired when an approval was not used in time, recorded or not, and are counted so', () => {
    const view = feed(requestsProjection);
    const request = approved('a', { validForSec: 100 });
    view.given(
      steps(
        request,
        approved('used', { validForSec: 1000 }),
        approved('bare', {}, { plan: undefined as never }),
      ),
    );
    expect([get(view, 'a', 159)?.status, get(view, 'a', 160)?.status]).toEqual(['approved', 'expired']);
    expect(get(view, 'a', 160)).toMatchObject({ decidedAs: 'approved', validUntil: at(160) });
    const counts = (seconds: number) => [total(view, 'approved', seconds), total(view, 'expired', seconds)];
    expect([counts(159), counts(160), counts(1060)]).toEqual([
      [3, 0],
      [2, 1],
      [1, 2],
    ]);
    const seen = request.events.length;
    request.command({ type: 'LapseApproval', requestId: 'a', now: at(170) });
    view.given(steps({ requestId: 'a', events: request.events.slice(seen) }));
    expect(get(view, 'a', 0)).toMatchObject({
      status: 'expired',
      decidedAs: 'approved',
      validUntil: at(160),
    });
    expect([counts(0), total(view, 'open', 0)]).toEqual([[2, 1], 0]);
  });

  test('that are being carried out lapse no more', () => {
    const view = feed(requestsProjection);
    const request = approved('a', { validForSec: 100 });
    start(request, 100);
    view.given(steps(request));
    expect(get(view, 'a', 9999)).toMatchObject({ status: 'dispatching', validUntil: at(160) });
    expect([total(view, 'dispatching', 9999), total(view, 'expired', 9999)]).toEqual([1, 0]);
  });
});

describe('the cost of lists', () => {
  test('that look at the clock does not grow with what was approved', () => {
    const view = feed(requestsProjection);
    view.given(steps(approved('a', { validForSec: 100 }), ask('b', 0)));
    const details = plansOf(view, (reader) => {
      const { list } = requestQueries(reader);
      expect(list({ tenant: 'default', status: 'expired', now: at(170), limit: 5, offset: 0 }).total).toBe(1);
    });
    expect(details.filter((detail) => /^SCAN (requests|plans)/.test(detail))).toEqual([]);
    expect(details).toContainEqual(
      expect.stringMatching(/^SEARCH requests USING .*INDEX requests_lapsing \(lapses_at</),
    );
  });
});

describe('the audit log', () => {
  test('has a row for each step of a dispatch, with what became of it', () => {
    const view = feed(auditProjection);
    view.given(steps(eventful('a')), 2);
    const { items } = auditQueries(view.reader).page({ tenant: 'default', limit: 50 });
    expect(items.slice(3).map(({ type, status, actor, detail }) => [type, status, actor, detail])).toEqual([
      ['RequestApproved', 'approved', 'alice', null],
      ['DispatchStarted', 'dispatching', 'olga', 'dispatch 1 by instance one'],
      ['StepStarted', 'dispatching', 'dispatcher', 'step 0, try 1: github open_issue'],
      ['StepFailed', 'dispatching', 'dispatcher', 'step 0: busy'],
      ['StepStarted', 'dispatching', 'dispatcher', 'step 0, try 2: github open_issue'],
      ['StepOutcomeUnknown', 'dispatching', 'dispatcher', 'step 0: no answer'],
      ['DispatchFailed', 'dispatch_failed', 'dispatcher', 'step 0: no answer'],
      ['StepSettled', 'dispatch_failed', 'olga', 'step 0 succeeded: their log has it'],
      ['DispatchStarted', 'dispatching', 'olga', 'dispatch 2 by instance one'],
      ['StepStarted', 'dispatching', 'dispatcher', 'step 1, try 1: webhook post'],
      ['StepSucceeded', 'dispatching', 'dispatcher', 'step 1, found done'],
      ['Dispatched', 'dispatched', 'dispatcher', 'dispatch 2'],
    ]);
    expect(new Set(items.slice(3).map(({ decision }) => decision))).toEqual(new Set(['approved']));
  });

  test('tells a lapse from an expiry', () => {
    const view = feed(auditProjection);
    const request = approved('a', { validForSec: 100 });
    send(request, { type: 'LapseApproval', requestId: 'a', now: at(170) });
    view.given(steps(request));
    const found = auditQueries(view.reader).page({ tenant: 'default', status: 'expired', limit: 50 }).items;
    expect(found).toMatchObject([
      { type: 'ApprovalLapsed', actor: 'timer', decision: 'approved', detail: `good until ${at(160)}` },
    ]);
  });
});

describe('metrics', () => {
  test('nothing is pending that is approved, whatever becomes of it', () => {
    const view = feed(metricsProjection);
    view.given(steps(approved('a'), eventful('b'), ask('c', 0, { plan: {} })), 1);
    expect(metricQueries(view.reader).gauges(at(100)).pending).toMatchObject([{ count: 1 }]);
  });
});

describe('statistics', () => {
  test('count what was carried out, what failed and what lapsed, and how long it took', () => {
    const view = feed(statisticsProjection);
    const lapsed = approved('b', { validForSec: 100 });
    send(lapsed, { type: 'LapseApproval', requestId: 'b', now: at(170) });
    const automatic = ask('c', 10, { plan: {}, automatic: true });
    start(automatic, 20);
    report(automatic, 21, begun(0, 1, 60));
    report(automatic, 22, done(0));
    report(automatic, 23, begun(1, 1, 60));
    report(automatic, 25, done(1));
    view.given(steps(eventful('a'), lapsed, automatic), 3);
    const [summary] = statisticQueries(view.reader).summary({ tenant: 'default' });
    expect(summary).toMatchObject({
      counts: { requested: 3, approved: 3, expired: 0, dispatched: 2, dispatch_failed: 1, lapsed: 1 },
      decision: { count: 2, maxSeconds: 60 },
      dispatch: { count: 2, minSeconds: 15, maxSeconds: 205 },
    });
  });
});
