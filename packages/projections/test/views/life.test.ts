import {
  type Approval,
  type ApprovalEvent,
  type ApprovalEventOf,
  evolve,
  initialState,
  statusOf,
} from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { beginLife, continueLife } from '../../src/views/life.ts';
import { continuePlan, keepPlan } from '../../src/views/requests/kept-plan.ts';
import type { StoredPlan } from '../../src/views/requests/stored.ts';
import { wholeDispatch } from '../../src/views/requests/whole-dispatch.ts';
import { randomRequest } from '../support/generate.ts';
import { random } from '../support/random.ts';

type Requested = ApprovalEventOf<'ApprovalRequested'>['data'];

/** What views keep of a request, event by event. */
function follow(events: readonly ApprovalEvent[]) {
  const request = events[0]?.data as Requested;
  const life = beginLife(request);
  const plan = request.dispatch ? keepPlan(request.dispatch) : null;
  let params = request.params;
  for (const event of events.slice(1)) {
    continueLife(life, event);
    if (plan) continuePlan(plan, event);
    if (event.type === 'ParametersOverridden') params = event.data.params;
  }
  return { request, life, plan, params };
}

function compare(events: readonly ApprovalEvent[]): Approval {
  const state = events.reduce(evolve, initialState) as Approval;
  const { request, life, plan, params } = follow(events);
  expect(life.status).toBe(statusOf(state));
  expect(life.decision).toEqual(state.decision);
  expect(life.phase).toBe(state.dispatch?.phase ?? null);
  expect(life.escalated).toBe(state.escalated.length);
  const stored = plan && (JSON.parse(JSON.stringify({ ...plan, phase: life.phase })) as StoredPlan);
  const whole = stored && request.dispatch && wholeDispatch(stored, request.dispatch, JSON.stringify(params));
  expect(whole ?? null).toEqual(state.dispatch);
  return state;
}

describe('what views keep of a request is what the domain folds', () => {
  test('property: after each of its events', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(fc.integer(), fc.nat(100), (seed, seconds) => {
        const { events } = randomRequest('r', random(seed), seconds);
        for (let n = 1; n <= events.length; n++) {
          const state = compare(events.slice(0, n));
          expect(follow(events.slice(0, n)).life.updatedAt).toBe(state.updatedAt);
          const name = `${statusOf(state)}${state.dispatch ? ' planned' : ''}`;
          seen.set(name, (seen.get(name) ?? 0) + 1);
        }
      }),
      { numRuns: 400 },
    );
    // What was compared is worth something only if it comes to everything there is.
    for (const status of ['approved', 'dispatching', 'dispatched', 'dispatch_failed', 'expired', 'denied'])
      expect(seen.get(`${status} planned`)).toBeGreaterThan(0);
  });

  test('property: after events of any requests in any order, too', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 60 }), (seed, length) => {
        const rng = random(seed);
        const streams = Array.from({ length: 12 }, () => randomRequest('r', rng, rng.int(100)).events);
        const pool = streams.flatMap((events) => events.slice(1));
        // Most types are rare: each comes with the same chance.
        const byType = [...Map.groupBy(pool, ({ type }) => type).values()];
        const mixed = Array.from({ length }, () => rng.pick(rng.pick(byType)));
        compare([streams[0]?.[0] as ApprovalEvent, ...mixed]);
      }),
      { numRuns: 300 },
    );
  });

  test('where there is no plan a dispatch changes nothing', () => {
    const planned = randomRequest('r', random(1), 0).events;
    const bare = { ...planned[0], data: { ...planned[0]?.data, dispatch: undefined } } as ApprovalEvent;
    const by = { sub: 'dispatcher', kind: 'system', via: 'system' } as const;
    const lapsed: ApprovalEvent = {
      type: 'ApprovalLapsed',
      data: { at: '2026-02-01T00:00:00.000Z', by, validUntil: '2026-02-01T00:00:00.000Z' },
    };
    const before = follow([bare]).life;
    expect(follow([bare, lapsed]).life).toEqual(before);
    expect(compare([bare, lapsed]).updatedAt).toBe(before.updatedAt);
  });
});
