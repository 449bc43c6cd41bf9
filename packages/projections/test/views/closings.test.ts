import {
  type Approval,
  type ClosingEvent,
  type ClosingName,
  closingCalls,
  decideClosing,
  decideClosingOutcome,
  evolveClosing,
  fold,
  initialClosing,
} from '@countersign/domain';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { closingsProjection } from '../../src/views/closings/handler.ts';
import { type ClosingQueries, closingQueries } from '../../src/views/closings/queries.ts';
import { dumpView } from '../support/dump.ts';
import { randomLedger } from '../support/generate.ts';
import { type Fed, feed, type Given, steps } from '../support/handler.ts';
import { cleanUp } from '../support/ledger.ts';
import { type Random, random } from '../support/random.ts';
import { type Asking, ask, at, caller, type Driven } from '../support/requests.ts';

afterEach(cleanUp);

const URL = 'https://ci.example.com:8443/done';
const closing = { connector: 'github', operation: 'review-deployment', input: { runId: 7 } };
const asking = (id: string, details: NonNullable<Asking['details']>, seconds = 0): Driven =>
  ask(id, seconds, { details });
const denied = (request: Driven, seconds: number): Driven => {
  const { requestId } = request;
  const by = { caller: caller('bob'), overrideLimits: { maxKeys: 1, maxChars: 1 } };
  request.command({ type: 'Decide', status: 'denied', requestId, now: at(seconds), ...by });
  return request;
};

function opened(...given: Given[]): Fed & ClosingQueries {
  const view = feed(closingsProjection);
  if (given.length > 0) view.given(given);
  return { ...view, ...closingQueries(view.reader) };
}

const onClosing = (requestId: string, event: ClosingEvent): Given => ({
  stream: `closing-${requestId}`,
  event,
});
function started(requestId: string, nth: number, seconds: number, call: ClosingName = 'callback'): Given {
  const { connector, operation } = closing;
  const claim = { instance: 'a', until: at(seconds + 60), idempotencyKey: 'k', connector, operation };
  const data = { requestId, tenant: 'default', at: at(seconds), call, try: nth, ...claim };
  return onClosing(requestId, { type: 'ClosingStarted', data });
}
function failed(requestId: string, nth: number, seconds: number, retryAt?: string): Given {
  const data = { at: at(seconds), call: 'callback' as const, try: nth, error: 'no', outcomeUnknown: false };
  return onClosing(requestId, { type: 'ClosingFailed', data: { ...data, ...(retryAt && { retryAt }) } });
}
const succeeded = (requestId: string, nth: number, call: ClosingName = 'callback'): Given =>
  onClosing(requestId, {
    type: 'ClosingSucceeded',
    data: { at: at(99), call, try: nth, result: {}, reconciled: false },
  });

describe('who waits to be told', () => {
  test('is nobody before a decision, and nobody of whom nothing was asked', () => {
    const { due, nextDueAfter, depth } = opened(
      ...steps(denied(asking('quiet', {}), 5), asking('open', { callbackUrl: URL, closing })),
    );
    expect([due('9999', 10), nextDueAfter(at(0)), depth()]).toEqual([[], null, 0]);
  });

  test('is whoever was named, from the decision on, the longest waiting first', () => {
    const { due, nextDueAfter, depth } = opened(
      ...steps(
        denied(asking('b', { callbackUrl: URL }), 20),
        denied(asking('a', { callbackUrl: 'https://ci.example.com/done', closing }), 10),
      ),
    );
    const row = { tenant: 'default', tries: 0 };
    expect(due(at(30), 10)).toEqual([
      { ...row, requestId: 'a', call: 'callback', receiver: 'ci.example.com', dueAt: at(10) },
      { ...row, requestId: 'a', call: 'closing', receiver: 'github', dueAt: at(10) },
      { ...row, requestId: 'b', call: 'callback', receiver: 'ci.example.com:8443', dueAt: at(20) },
    ]);
    expect(depth()).toBe(3);
    expect(due(at(10), 10)).toHaveLength(2);
    expect(due(at(30), 1)).toHaveLength(1);
    expect(due(at(30), 10, ['ci.example.com', 'github']).map(({ requestId }) => requestId)).toEqual(['b']);
    expect(nextDueAfter(at(9))).toBe(at(10));
    expect(nextDueAfter(at(10))).toBe(at(20));
    expect(nextDueAfter(at(20))).toBe(null);
  });

  test('is no request whose parameters only spell the same', () => {
    const params = { callbackUrl: URL, deep: { closing: { connector: 'x' } } };
    expect(opened(...steps(denied(asking('a', { params }), 5))).depth()).toBe(0);
  });

  test('is left alone while somebody is at it, until the next try, and for good when it is over', () => {
    const view = opened(...steps(denied(asking('a', { callbackUrl: URL, closing }), 5)));
    const dueOf = () => view.due('9999', 10).map(({ call, dueAt, tries }) => [call, dueAt, tries]);
    view.given([started('a', 1, 6)]);
    expect(dueOf()).toEqual([
      ['closing', at(5), 0],
      ['callback', at(66), 1],
    ]);
    view.given([failed('a', 1, 7, at(300))]);
    expect(dueOf()[1]).toEqual(['callback', at(300), 1]);
    view.given([started('a', 1, 8, 'closing'), succeeded('a', 1, 'closing')]);
    expect(dueOf()).toEqual([['callback', at(300), 1]]);
    view.given([started('a', 2, 300), failed('a', 2, 301)]);
    expect([dueOf(), view.depth()]).toEqual([[], 0]);
    // An event of a later version of things, or one told twice, brings nothing back.
    view.given([started('a', 3, 400)]);
    expect(view.depth()).toBe(0);
  });

  test('is told of an expiry from when it was noticed', () => {
    const request = asking('a', { callbackUrl: URL });
    request.command({ type: 'ExpireRequest', requestId: 'a', now: at(3700) });
    expect(opened(...steps(request)).due('9999', 1)).toMatchObject([{ dueAt: at(3700) }]);
  });
});

/** What instances did about a decision, as their decider let them; not always to the end. */
function randomClosing(requestId: string, approval: Approval, rng: Random, seconds: number): ClosingEvent[] {
  let state = initialClosing;
  const events: ClosingEvent[] = [];
  const take = (written: readonly ClosingEvent[]) => {
    events.push(...written);
    state = written.reduce(evolveClosing, state);
  };
  for (let time = seconds, n = rng.int(12); n > 0; n--, time += rng.int(50)) {
    const call = rng.pick([...closingCalls(approval)]);
    const claim = { requestId, tenant: 'default', now: at(time), instance: 'a', until: at(time + 30), call };
    if (rng.chance(0.5)) {
      take(decideClosing(claim, state).events);
      continue;
    }
    const told = { at: at(time), call: call.call, try: state[call.call]?.tries ?? 1 };
    const retry = rng.chance(0.7) ? { retryAt: at(time + rng.int(60)) } : {};
    const outcome = rng.chance(0.3)
      ? ({ type: 'ClosingSucceeded', data: { ...told, result: {}, reconciled: false } } as const)
      : ({ type: 'ClosingFailed', data: { ...told, error: 'no', outcomeUnknown: false, ...retry } } as const);
    const written = decideClosingOutcome(outcome, 'a', state);
    if (written !== 'lost') take(written.events);
  }
  return events;
}

test('property: shows what the folds say is to be done, in whatever batches it was told, and nothing else', () => {
  let shown = 0;
  let ended = 0;
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 60 }), (seed, batch) => {
      const rng = random(seed);
      const ledger = randomLedger(seed, 25);
      const expected: { requestId: string; call: ClosingName; dueAt: string; tries: number }[] = [];
      const behind = ledger.requests.flatMap(({ requestId, events }, n): Given[] => {
        const approval = fold(events) as Approval;
        const calls = closingCalls(approval);
        if (calls.length === 0) return [];
        const told = randomClosing(requestId, approval, rng, 1100 + n);
        const state = told.reduce(evolveClosing, initialClosing);
        for (const { call } of calls) {
          const { status, until, retryAt, tries } = state[call] ?? { tries: 0 };
          if (status === 'succeeded' || status === 'given_up') ended++;
          else {
            const noticed = events.find(({ type }) =>
              /^Request(Approved|Denied|Cancelled|Expired)$/.test(type),
            );
            const dueAt = (status === 'started' ? until : retryAt) ?? noticed?.data.at ?? '';
            expected.push({ requestId, call, dueAt, tries });
          }
        }
        return told.map((event) => onClosing(requestId, event));
      });
      const all: Given[] = [...ledger.steps, ...behind];
      const view = opened();
      view.given(all, batch);
      const found = view.due('9999', 1000);
      shown += found.length;
      const byDue = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
      const bare = found.map(({ requestId, call, dueAt, tries }) => ({ requestId, call, dueAt, tries }));
      expect(bare.toSorted(byDue)).toEqual(expected.toSorted(byDue));
      expect(found.map(({ dueAt }) => dueAt)).toEqual(found.map(({ dueAt }) => dueAt).toSorted());
      expect(view.depth()).toBe(found.length);
      const whole = opened(...all);
      expect(dumpView(whole.file)).toEqual(dumpView(view.file));
    }),
    { numRuns: 15 },
  );
  expect(shown).toBeGreaterThan(0);
  expect(ended).toBeGreaterThan(0);
});
