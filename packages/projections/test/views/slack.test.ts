import type { ApprovalEvent, LedgerEvent } from '@countersign/domain';
import { afterEach, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import type { Value, ViewReader } from '../../src/read/reader.ts';
import { slackProjection } from '../../src/views/slack/handler.ts';
import { type SlackQueries, slackQueries, type UntoldRow } from '../../src/views/slack/queries.ts';
import { dumpView } from '../support/dump.ts';
import { randomLedger } from '../support/generate.ts';
import { type Fed, feed, type Given, steps } from '../support/handler.ts';
import { cleanUp } from '../support/ledger.ts';
import { random } from '../support/random.ts';
import { type Asking, ask, at, caller, type Driven } from '../support/requests.ts';

afterEach(cleanUp);

const position = (n: number) => String(n).padStart(16, '0');
const inSlack = (id: string, channel = '#deploys', asking: Asking = {}): Driven =>
  ask(id, 0, { ...asking, details: { ...asking.details, slack: { channel } } });
const onSlack = (requestId: string, event: LedgerEvent): Given => ({ stream: `slack-${requestId}`, event });

function claimed(requestId: string, upTo: number, by = 'one'): Given {
  const items = [{ key: `reply@${upTo}`, to: '#deploys' }];
  const data = { requestId, tenant: 'default', at: at(5), by, until: at(50), upTo, items };
  return onSlack(requestId, { type: 'SlackDeliveryClaimed', data });
}
const sent = (requestId: string, key: string): Given =>
  onSlack(requestId, {
    type: 'SlackItemSent',
    data: { at: at(6), key, channel: 'C1', ts: '1.1', found: false },
  });
const delivered = (requestId: string, upTo: number): Given =>
  onSlack(requestId, { type: 'SlackDelivered', data: { at: at(7), upTo } });

function opened(...given: Given[]): Fed & SlackQueries {
  const view = feed(slackProjection);
  if (given.length > 0) view.given(given);
  return { ...view, ...slackQueries(view.reader) };
}

const glassBroken = (id: string): Driven => {
  const request = inSlack(id);
  const limits = { requestId: id, now: at(10) };
  request.command({
    ...limits,
    type: 'InvokeBreakGlass',
    caller: caller('alice'),
    status: 'approved',
    reason: 'the house is on fire',
  });
  return request;
};
const review = (requestId: string): Given => {
  const by = { sub: 'gina', kind: 'human', via: 'api' } as const;
  return { stream: `approval-${requestId}`, event: { type: 'BreakGlassReviewed', data: { at: at(20), by } } };
};

describe('what Slack does not know', () => {
  test('is nothing of an empty ledger', () => {
    const { channels, untold, depth } = opened();
    expect([channels(10), untold('#deploys', 10), depth()]).toEqual([[], [], 0]);
  });

  test('is each request that names a channel, the longest waiting first', () => {
    const { channels, untold, depth } = opened(
      ...steps(ask('quiet', 0), inSlack('a'), inSlack('b', '#data'), inSlack('c')),
    );
    expect(channels(10)).toEqual([
      { channel: '#deploys', requests: 2 },
      { channel: '#data', requests: 1 },
    ]);
    expect(channels(1)).toHaveLength(1);
    expect(depth()).toBe(3);
    expect(untold('#deploys', 10)).toEqual(
      [
        ['a', 2],
        ['c', 4],
      ].map(([requestId, n]) => ({
        requestId,
        tenant: 'default',
        channel: '#deploys',
        revision: 0,
        since: position(n as number),
        claimedUntil: null,
        claimedBy: null,
      })),
    );
    expect(untold('#deploys', 1).map(({ requestId }) => requestId)).toEqual(['a']);
    expect(untold('#elsewhere', 10)).toEqual([]);
  });

  test('is no request whose parameters only spell the same', () => {
    const params = { more: { slack: { channel: '#deploys' } }, slack: { channel: '#deploys' } };
    const { depth } = opened(...steps(ask('a', 0, { details: { params } })));
    expect(depth()).toBe(0);
  });

  test('shows who is at it, and ends when it is delivered', () => {
    const view = opened(...steps(inSlack('a')), claimed('a', 0));
    expect(view.untold('#deploys', 1)).toMatchObject([{ claimedUntil: at(50), claimedBy: 'one' }]);
    view.given([sent('a', 'message'), claimed('a', 0, 'two')]);
    expect(view.untold('#deploys', 1)).toMatchObject([{ claimedBy: 'two' }]);
    view.given([delivered('a', 0)]);
    expect([view.untold('#deploys', 1), view.channels(1), view.depth()]).toEqual([[], [], 0]);
  });

  test('waits since the oldest event that was not told, also of those that came while telling', () => {
    const view = opened();
    const request = inSlack('a', '#deploys', { slate: 'personas' });
    const [first, second, third] = ['bob', 'dan', 'bob'].map((sub, n): Given => {
      const before = request.events.length;
      const command = n === 2 ? ('WithdrawAcknowledgement' as const) : ('AcknowledgePersona' as const);
      const persona = sub === 'bob' ? 'on-call' : 'security';
      request.command({ type: command, requestId: 'a', persona, now: at(n + 1), caller: caller(sub) });
      return { stream: 'approval-a', event: request.events[before] as ApprovalEvent };
    }) as [Given, Given, Given];
    const begun = { stream: 'approval-a', event: request.events[0] as ApprovalEvent };
    // Positions 1 to 5; what is claimed is everything up to revision 1.
    view.given([begun, first, second, claimed('a', 1), third]);
    expect(view.untold('#deploys', 1)).toMatchObject([{ revision: 3, since: position(1) }]);
    view.given([delivered('a', 1)]);
    expect(view.untold('#deploys', 1)).toMatchObject([
      { revision: 3, since: position(3), claimedUntil: null, claimedBy: null },
    ]);
    view.given([claimed('a', 3), delivered('a', 3)]);
    expect(view.depth()).toBe(0);
  });

  test('is a review of a broken glass, long after the request has ended', () => {
    const view = opened(...steps(glassBroken('a')), claimed('a', 2), delivered('a', 2));
    expect(view.depth()).toBe(0);
    view.given([review('a')]);
    expect(view.untold('#deploys', 1)).toMatchObject([{ requestId: 'a', revision: 3 }]);
    expect(view.channels(1)).toEqual([{ channel: '#deploys', requests: 1 }]);
    view.given([claimed('a', 3), delivered('a', 3)]);
    expect(view.depth()).toBe(0);
  });
});

/** A ledger in which somebody tells Slack, now and then, of what there is by then. */
function toldLedger(seed: number): { given: Given[]; waiting: Map<string, Omit<UntoldRow, 'tenant'>> } {
  const rng = random(seed);
  const given: Given[] = [];
  const known = new Map<
    string,
    { channel: string; positions: string[]; told: number; claim: number | null }
  >();
  for (const { stream, event } of randomLedger(seed, 25).steps) {
    const id = stream.slice('approval-'.length);
    given.push({ stream, event });
    if (event.type === 'ApprovalRequested' && event.data.slack)
      known.set(id, { channel: event.data.slack.channel, positions: [], told: 0, claim: null });
    known.get(id)?.positions.push(position(given.length));
    for (const [other, request] of known) {
      if (!rng.chance(0.2)) continue;
      const { positions, told, claim } = request;
      if (claim !== null) {
        given.push(sent(other, `reply@${claim}`), delivered(other, claim));
        Object.assign(request, { told: claim + 1, claim: null });
      } else if (told < positions.length) {
        request.claim = told + rng.int(positions.length - told);
        given.push(claimed(other, request.claim));
      }
    }
  }
  const waiting = [...known].flatMap(([requestId, { channel, positions, told, claim }]) => {
    const since = positions[told];
    if (since === undefined) return [];
    const claimedBy = claim === null ? null : 'one';
    const claimedUntil = claim === null ? null : at(50);
    const revision = positions.length - 1;
    return [[requestId, { requestId, channel, revision, since, claimedUntil, claimedBy }] as const];
  });
  return { given, waiting: new Map(waiting) };
}

describe('property', () => {
  test('rows are what the events say, and the same in whatever batches they come', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 40 }), (seed, batch) => {
        const { given, waiting } = toldLedger(seed);
        const [inOne, inBatches] = [opened(), opened()];
        inOne.given(given);
        inBatches.given(given, batch);
        expect(dumpView(inBatches.file)).toEqual(dumpView(inOne.file));
        const { channels, untold, depth } = inBatches;
        expect(depth()).toBe(waiting.size);
        const expected = [...waiting.values()].toSorted((a, b) => (a.since < b.since ? -1 : 1));
        const oldestFirst = [...Map.groupBy(expected, ({ channel }) => channel)];
        expect(channels(10)).toEqual(
          oldestFirst.map(([channel, rows]) => ({ channel, requests: rows.length })),
        );
        for (const [channel, rows] of oldestFirst)
          expect(untold(channel, 1000)).toEqual(rows.map((row) => ({ ...row, tenant: 'default' })));
      }),
      { numRuns: 30 },
    );
  });
});

describe('cost', () => {
  /** An event that fails whoever looks into it. */
  const unreadable = (requestId: string): Given => ({
    stream: `approval-${requestId}`,
    event: { type: 'FromTheFuture', data: {} } as unknown as LedgerEvent,
  });

  test('of an event that no row hangs on is not even a look into its body', () => {
    const view = opened(...steps(ask('quiet', 0)), unreadable('quiet'));
    view.given([...steps(inSlack('a')), unreadable('quiet'), unreadable('never-begun')]);
    view.given([unreadable('a')]);
    expect(view.untold('#deploys', 1)).toMatchObject([{ requestId: 'a', revision: 1 }]);
    expect(() => view.given([{ ...unreadable('a'), stream: 'approval-b' }])).not.toThrow();
  });

  /** The statements that a query runs. */
  function statementsOf(view: Fed, query: (queries: SlackQueries) => unknown): [string, readonly Value[]][] {
    const run: [string, readonly Value[]][] = [];
    const noting = { ...view.reader } as ViewReader;
    query(
      slackQueries({
        ...noting,
        all: (sql, ...values) => {
          run.push([sql, values]);
          return view.reader.all(sql, ...values);
        },
        get: (sql, ...values) => {
          run.push([sql, values]);
          return view.reader.get(sql, ...values);
        },
      }),
    );
    return run;
  }

  test('of reading is the same beside 100,000 requests that Slack knows', () => {
    const view = opened(...steps(inSlack('a'), inSlack('b', '#data')));
    const db = new Database(view.file);
    db.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
      INSERT INTO slack_requests
        SELECT 'told-' || i, 'default', '#deploys', 3, '[]', NULL, NULL, NULL FROM n;
      ANALYZE`);
    db.close();
    const queries: ((queries: SlackQueries) => unknown)[] = [
      ({ channels }) => channels(10),
      ({ untold }) => untold('#deploys', 10),
      ({ depth }) => depth(),
    ];
    expect(queries.map((query) => query(view))).toMatchObject([[{ requests: 1 }, {}], [{}], 2]);
    const statements = queries.flatMap((query) => statementsOf(view, query));
    expect(statements).toHaveLength(3);
    const plans = statements.flatMap(([sql, values]) =>
      view.reader
        .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values)
        .map(({ detail }) => detail)
        .filter((detail) => detail.includes('slack_requests')),
    );
    expect(plans).toHaveLength(2);
    for (const plan of plans)
      expect(plan).toMatch(/^SEARCH slack_requests USING (COVERING )?INDEX slack_untold \(channel=\?/);
  });
});
