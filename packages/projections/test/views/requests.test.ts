import { type Approval, comparableHash, fold, STATUSES, statusAt, validUntil } from '@countersign/domain';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { requestsProjection } from '../../src/views/requests/handler.ts';
import { type ListQuery, requestQueries } from '../../src/views/requests/queries.ts';
import { randomLedger } from '../support/generate.ts';
import { feed, steps } from '../support/handler.ts';
import { cleanUp } from '../support/ledger.ts';
import { ask, at, caller } from '../support/requests.ts';

afterEach(cleanUp);

const LIMITS = { maxKeys: 10, maxChars: 1000 };
const decide = (
  requestId: string,
  sub: string,
  status: 'approved' | 'denied',
  seconds: number,
  more = {},
) => ({
  type: 'Decide' as const,
  requestId,
  now: at(seconds),
  caller: caller(sub),
  status,
  overrideLimits: LIMITS,
  ...more,
});
const LATE = '2030-01-01T00:00:00.000Z';

describe('rows of requests', () => {
  test('property: whatever happened, a row says what the fold of its stream says', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 50 }),
        fc.nat(2000),
        (seed, count, batch, seconds) => {
          const view = feed(requestsProjection);
          const ledger = randomLedger(seed, count);
          view.given(ledger.steps, batch);
          const queries = requestQueries(view.reader);
          for (const { requestId, events } of ledger.requests) {
            const state = fold(events) as Approval;
            const row = queries.get(requestId, at(seconds));
            expect(row).toMatchObject({
              status: statusAt(state, at(seconds)),
              paramsHash: state.paramsHash,
              planRevision: state.planRevision,
              stage: state.stage,
              escalated: state.escalated.length,
              updatedAt: state.updatedAt,
              validUntil: validUntil(state),
              decidedAs: state.decision?.outcome ?? null,
              decidedBy: state.decision?.by ?? null,
              decidedAt: state.decision?.at ?? null,
              decidedHow: state.decision?.how ?? null,
              decisionNote: state.decision?.note ?? null,
              revision: events.length - 1,
            });
            expect(JSON.parse(row?.params ?? '')).toEqual(state.params);
            expect(row?.dispatch).toEqual(state.dispatch);
            expect(row?.approvals.map(({ sub, stage }) => [sub, stage])).toEqual(
              state.approvals.map(({ by, stage }) => [by, stage]),
            );
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test('property: lists and totals agree with filtering all requests by hand', () => {
    const view = feed(requestsProjection);
    const ledger = randomLedger(7, 150);
    view.given(ledger.steps, 37);
    const queries = requestQueries(view.reader);
    // Rows are numbered by their first event's place in the log.
    const begun = [...new Set(ledger.steps.map(({ stream }) => stream.slice('approval-'.length)))];
    const states = begun.map(
      (id) => fold(ledger.requests.find((one) => one.requestId === id)?.events ?? []) as Approval,
    );
    const people = fc.constantFrom('alice', 'bob', 'carol', 'erin', 'frank', 'robot', 'nobody');
    const reader = fc.record({ person: people, claims: fc.constantFrom([], ['leads']), admin: fc.boolean() });
    const filters = fc.record(
      {
        status: fc.constantFrom(...STATUSES, 'open' as const),
        action: fc.constantFrom('act.simple', 'act.staged', 'act.none'),
        requester: people,
        since: fc.constantFrom(at(50), at(140), at(9999)),
        reader,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(filters, fc.nat(200), fc.nat(1400), (filter, offset, seconds) => {
        const now = at(seconds);
        const expected = states
          .filter((state) => matches(state, { ...filter, tenant: 'default', now, limit: 0, offset: 0 }))
          .map(({ request }) => request.requestId)
          .reverse();
        const page = queries.list({ ...filter, tenant: 'default', now, limit: 20, offset });
        expect(page.total).toBe(expected.length);
        expect(page.items.map(({ requestId }) => requestId)).toEqual(expected.slice(offset, offset + 20));
      }),
      { numRuns: 300 },
    );
  });

  test('keeps tenants apart', () => {
    const view = feed(requestsProjection);
    view.given(steps(ask('a', 0), ask('b', 1, { tenant: 'acme', slate: 'claims' })));
    const { list } = requestQueries(view.reader);
    const page = list({ tenant: 'acme', now: at(2), limit: 10, offset: 0 });
    expect(page).toMatchObject({ total: 1, items: [{ requestId: 'b', tenant: 'acme' }] });
  });

  test('ignores events of a request that never began, and a second beginning', () => {
    const view = feed(requestsProjection);
    const request = ask('a', 0);
    request.command(decide('a', 'bob', 'approved', 1));
    view.given(steps({ requestId: 'a', events: [...request.events, ...request.events.slice(0, 1)] }));
    view.given(steps({ requestId: 'orphan', events: request.events.slice(1) }));
    const { list } = requestQueries(view.reader);
    expect(list({ tenant: 'default', now: at(2), limit: 9, offset: 0 })).toMatchObject({
      total: 1,
      items: [{ requestId: 'a', status: 'approved', decidedBy: 'bob' }],
    });
  });

  test('finds the newest denial of the same content, with sealed values left out of the comparison', () => {
    const view = feed(requestsProjection);
    const params = (hmac: string) => ({ password: { $hmac: hmac }, size: 1 });
    const denied = (id: string, seconds: number, hmac: string) => {
      const request = ask(id, seconds, { details: { params: params(hmac) } });
      request.command(decide(id, 'bob', 'denied', seconds + 5));
      return request;
    };
    view.given(
      steps(denied('a', 0, 'x'), denied('b', 100, 'y'), ask('c', 200, { details: { params: params('z') } })),
    );
    const { recentDenial } = requestQueries(view.reader);
    const sought = {
      tenant: 'default',
      requester: 'frank',
      action: 'act.simple',
      comparableHash: comparableHash(params('q')),
    };
    expect(recentDenial({ ...sought, since: at(0) })).toBe('b');
    expect(recentDenial({ ...sought, since: at(106) })).toBeNull();
    expect(recentDenial({ ...sought, requester: 'bob', since: at(0) })).toBeNull();
    expect(recentDenial({ ...sought, comparableHash: comparableHash({ size: 1 }), since: at(0) })).toBeNull();
  });

  test('gives a chain from its root on', () => {
    const view = feed(requestsProjection);
    const again = (id: string, previousRequestId: string, seconds: number) =>
      ask(id, seconds, { details: { rootRequestId: 'a', previousRequestId } });
    view.given(steps(ask('a', 0), ask('x', 1), again('b', 'a', 2), again('c', 'b', 3)));
    const { chain, list } = requestQueries(view.reader);
    expect(chain('a', at(4)).map(({ requestId }) => requestId)).toEqual(['a', 'b', 'c']);
    const page = list({ tenant: 'default', rootRequestId: 'a', now: at(4), limit: 2, offset: 0 });
    expect(page.total).toBe(3);
    expect(page.items.map(({ requestId }) => requestId)).toEqual(['c', 'b']);
    const late = list({
      tenant: 'default',
      rootRequestId: 'a',
      status: 'expired',
      now: LATE,
      limit: 9,
      offset: 0,
    });
    expect(late.items.map(({ requestId }) => requestId)).toEqual(['c', 'b', 'a']);
  });
});

describe('waiting on a person', () => {
  const inbox = (
    view: ReturnType<typeof feed>,
    person: string,
    more: { claims?: string[]; admin?: boolean } = {},
  ) =>
    requestQueries(view.reader)
      .list({
        tenant: 'default',
        waitingOn: { person, claims: more.claims ?? [], admin: more.admin ?? false },
        now: at(100),
        limit: 10,
        offset: 0,
      })
      .items.map(({ requestId }) => requestId);

  test('are personas first, then places that a vote would fill', () => {
    const view = feed(requestsProjection);
    const request = ask('p', 0, { slate: 'personas' });
    view.given(steps(request));
    expect([inbox(view, 'bob'), inbox(view, 'dan'), inbox(view, 'alice')]).toEqual([['p'], ['p'], []]);
    const seen = request.events.length;
    request.command({
      type: 'AcknowledgePersona',
      requestId: 'p',
      persona: 'security',
      now: at(1),
      caller: caller('dan'),
    });
    request.command({
      type: 'AcknowledgePersona',
      requestId: 'p',
      persona: 'on-call',
      now: at(2),
      caller: caller('bob'),
    });
    request.command(decide('p', 'bob', 'approved', 3));
    view.given(steps({ requestId: 'p', events: request.events.slice(seen) }));
    expect([inbox(view, 'bob'), inbox(view, 'carol'), inbox(view, 'dan'), inbox(view, 'alice')]).toEqual([
      [],
      ['p'],
      [],
      ['p'],
    ]);
  });

  test('is the stage now asked, and only a group whose place is still empty', () => {
    const view = feed(requestsProjection);
    const request = ask('s', 0, { slate: 'staged' });
    request.command(decide('s', 'bob', 'approved', 1));
    view.given(steps(request));
    expect([inbox(view, 'carol'), inbox(view, 'dan'), inbox(view, 'alice')]).toEqual([[], ['s'], ['s']]);
  });

  test('is never the own request, and not what is decided or overdue', () => {
    const view = feed(requestsProjection);
    const own = ask('own', 0, { requester: 'bob' });
    const done = ask('done', 0);
    done.command(decide('done', 'carol', 'approved', 1));
    view.given(steps(own, done, ask('late', 0, { timeout: 50 })));
    expect([inbox(view, 'bob'), inbox(view, 'carol')]).toEqual([[], ['own']]);
  });

  test('can come by a claim or by being an admin', () => {
    const view = feed(requestsProjection);
    view.given(steps(ask('claimed', 0, { slate: 'claims' }), ask('any', 1, { slate: 'admins' })));
    expect(inbox(view, 'zoe', { claims: ['leads'] })).toEqual(['claimed']);
    expect(inbox(view, 'zoe', { admin: true })).toEqual(['any']);
    expect(inbox(view, 'zoe')).toEqual([]);
  });
});

function matches(state: Approval, filter: ListQuery): boolean {
  const { request } = state;
  const status = statusAt(state, filter.now);
  if (filter.status === 'open' ? !['pending', 'awaiting_personas'].includes(status) : false) return false;
  if (filter.status && filter.status !== 'open' && filter.status !== status) return false;
  if (filter.action && filter.action !== request.action) return false;
  if (filter.requester && filter.requester !== request.by.sub) return false;
  if (filter.since && request.at < filter.since) return false;
  const { reader } = filter;
  if (!reader || reader.admin) return true;
  if ([request.by.sub, request.onBehalfOf].includes(reader.person)) return true;
  const text = JSON.stringify(request.slate);
  return (
    text.includes(`"${reader.person}"`) || (text.includes('"claims":["leads"]') && reader.claims.length > 0)
  );
}
