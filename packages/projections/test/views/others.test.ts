import { type Approval, fold, hashOf, type LedgerEvent, statusOf } from '@countersign/domain';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BadCursor } from '../../src/index.ts';
import { auditProjection } from '../../src/views/audit/handler.ts';
import { type AuditRow, auditQueries } from '../../src/views/audit/queries.ts';
import { metricsProjection } from '../../src/views/metrics/handler.ts';
import { metricQueries } from '../../src/views/metrics/queries.ts';
import { statisticsProjection } from '../../src/views/statistics/handler.ts';
import { statisticQueries } from '../../src/views/statistics/queries.ts';
import { randomLedger } from '../support/generate.ts';
import { feed, steps } from '../support/handler.ts';
import { cleanUp } from '../support/ledger.ts';
import { ask, at, caller } from '../support/requests.ts';

afterEach(cleanUp);

const decide = (requestId: string, sub: string, status: 'approved' | 'denied', seconds: number) => ({
  type: 'Decide' as const,
  requestId,
  now: at(seconds),
  caller: caller(sub),
  status,
  overrideLimits: { maxKeys: 1, maxChars: 1 },
});
const attempt = (requestId: string, seconds: number): LedgerEvent => ({
  type: 'UnauthorizedAttempted',
  data: {
    at: at(seconds),
    by: { sub: 'mallory', kind: 'human', via: 'slack' },
    requestId,
    tenant: 'default',
    command: 'Decide',
    rule: 'not_on_slate',
  },
});
const activated: LedgerEvent = {
  type: 'PolicyActivated',
  data: {
    at: at(0),
    by: 'ops',
    source: 'start',
    hash: hashOf('p'),
    file: 'policy.yaml',
    text: '',
    schemas: {},
  },
};

describe('audit', () => {
  test('has a row per event, each with what it meant for its request', () => {
    const view = feed(auditProjection);
    const request = ask('a', 1, { slate: 'personas', details: { justification: 'needed' } });
    request.command({
      type: 'AcknowledgePersona',
      requestId: 'a',
      persona: 'on-call',
      now: at(2),
      caller: caller('bob'),
    });
    request.command({
      type: 'AcknowledgePersona',
      requestId: 'a',
      persona: 'security',
      now: at(3),
      caller: caller('dan'),
    });
    request.command(decide('a', 'bob', 'approved', 4));
    request.command(decide('a', 'carol', 'approved', 5));
    view.given(
      [
        { stream: 'policy', event: activated },
        ...steps(request),
        { stream: 'attempt-a', event: attempt('a', 6) },
      ],
      3,
    );
    const { items } = auditQueries(view.reader).page({ tenant: 'default', limit: 50 });
    const told = items.map(({ type, status, actor, decision, approvers, detail }) => [
      type,
      status,
      actor,
      decision,
      approvers,
      detail,
    ]);
    expect(told).toEqual([
      ['PolicyActivated', null, 'ops', null, [], 'policy.yaml'],
      ['ApprovalRequested', 'awaiting_personas', 'frank', null, [], 'needed'],
      ['PersonaAcknowledged', 'awaiting_personas', 'bob', null, [], 'on-call'],
      ['PersonaAcknowledged', 'pending', 'dan', null, [], 'security'],
      ['ApprovalGranted', 'pending', 'bob', null, ['bob'], null],
      ['ApprovalGranted', 'pending', 'carol', null, ['bob', 'carol'], null],
      ['StageCompleted', 'pending', 'carol', null, ['bob', 'carol'], 'approve'],
      ['RequestApproved', 'approved', 'carol', 'approved', ['bob', 'carol'], null],
      ['UnauthorizedAttempted', 'approved', 'mallory', 'approved', ['bob', 'carol'], 'Decide: not_on_slate'],
    ]);
    expect(items[1]).toMatchObject({
      action: 'act.personas',
      payloadHash: expect.stringMatching(/^sha256:/),
      correlationId: 'k',
    });
  });

  test('property: pages of any size, in either order, join to what a filter by hand gives', () => {
    const view = feed(auditProjection);
    const ledger = randomLedger(3, 60);
    view.given([...ledger.steps, { stream: 'policy', event: activated }], 17);
    const { page } = auditQueries(view.reader);
    const everything = page({ tenant: 'default', limit: 10_000 }).items;
    expect(everything).toHaveLength(ledger.steps.length + 1);
    const filters = fc.record(
      {
        from: fc.constantFrom(at(0), at(300)),
        to: fc.constantFrom(at(301), at(600)),
        action: fc.constantFrom('act.simple', 'act.nothing'),
        status: fc.constantFrom('pending' as const, 'denied' as const),
        requestId: fc.constantFrom('000003-3', '000017-3', 'x'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        filters,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('asc' as const, 'desc' as const),
        (filter, limit, order) => {
          const found: AuditRow[] = [];
          let cursor: string | null = null;
          do {
            const next = page({
              tenant: 'default',
              ...filter,
              limit,
              order,
              ...(cursor !== null && { cursor }),
            });
            found.push(...next.items);
            cursor = next.next;
          } while (cursor !== null);
          const expected = everything.filter(
            (row) =>
              (!filter.from || row.at >= filter.from) &&
              (!filter.to || row.at < filter.to) &&
              (!filter.action || row.action === filter.action) &&
              (!filter.status || row.status === filter.status) &&
              (!filter.requestId || row.requestId === filter.requestId),
          );
          expect(found).toEqual(order === 'asc' ? expected : expected.toReversed());
        },
      ),
      { numRuns: 60 },
    );
  });

  test('refuses a cursor that it did not give', () => {
    const { page } = auditQueries(feed(auditProjection).reader);
    expect(() => page({ tenant: 'default', limit: 1, cursor: 'nonsense' })).toThrow(BadCursor);
  });
});

describe('metrics', () => {
  test('property: gauges count what the folds say is open', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 40 }), (seed, batch) => {
        const view = feed(metricsProjection);
        const ledger = randomLedger(seed, 25);
        view.given(ledger.steps, batch);
        const now = at(1010);
        const open = ledger.requests
          .map(({ events }) => fold(events) as Approval)
          .filter((state) => !state.decision && state.request.expiresAt > now);
        const { pending, personas } = metricQueries(view.reader).gauges(now);
        expect(pending.reduce((sum, { count }) => sum + count, 0)).toBe(open.length);
        const waiting = open.filter((state) => statusOf(state) === 'awaiting_personas').length;
        const counts = personas.map(({ count }) => count);
        expect(Math.max(0, ...counts)).toBeLessThanOrEqual(waiting);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(
          open.flatMap(({ request, acknowledgements }) =>
            request.slate.personas.filter(({ name }) => !(name in acknowledgements)),
          ).length,
        );
      }),
      { numRuns: 20 },
    );
  });

  test('knows the oldest, and which came through the gate', () => {
    const view = feed(metricsProjection);
    view.given(steps(ask('a', 10), ask('b', 20, { details: { channel: 'gate' } })));
    expect(metricQueries(view.reader).gauges(at(70)).pending).toEqual([
      { action: 'act.*', count: 2, gate: 1, oldestCreatedAt: at(10), oldestAgeSeconds: 60 },
    ]);
  });
});

describe('statistics', () => {
  test('count what happened and how long it took', () => {
    const view = feed(statisticsProjection);
    const approved = ask('a', 0);
    approved.command(decide('a', 'bob', 'approved', 40));
    const denied = ask('b', 0);
    denied.command(decide('b', 'bob', 'denied', 20));
    const expired = ask('c', 0, { timeout: 100 });
    expired.command({ type: 'EscalateRequest', requestId: 'c', rung: 0, now: at(60) });
    expired.command({ type: 'ExpireRequest', requestId: 'c', now: at(101) });
    view.given([...steps(approved, denied, expired), { stream: 'attempt-a', event: attempt('a', 30) }], 4);
    const { summary, activity } = statisticQueries(view.reader);
    const duration = {
      count: 2,
      meanSeconds: 30,
      minSeconds: 20,
      maxSeconds: 40,
      p50Seconds: 40,
      p90Seconds: 40,
      p99Seconds: 40,
    };
    expect(summary({ tenant: 'default' })).toEqual([
      {
        action: 'act.*',
        counts: {
          requested: 3,
          approved: 1,
          denied: 1,
          expired: 1,
          cancelled: 0,
          automatic: 0,
          escalated: 1,
          overridden: 0,
          break_glass: 0,
          attempted: 1,
          dispatched: 0,
          dispatch_failed: 0,
          lapsed: 0,
        },
        firstResponse: duration,
        decision: duration,
        dispatch: null,
      },
    ]);
    expect(activity({ tenant: 'default', action: 'act.*' }, 'hour')).toContainEqual({
      day: '2026-01-01',
      hour: 0,
      action: 'act.*',
      outcome: 'requested',
      count: 3,
    });
    expect(summary({ tenant: 'default', from: '2026-01-02' })).toEqual([]);
  });
});
