import {
  type ApprovalCommand,
  type ApprovalEvent,
  type ApprovalState,
  assign,
  decide,
  evolve,
  fold,
  initialState,
  isMet,
  missingPersonas,
  statusOf,
} from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ask, at, ci, command, groups, person, REQUEST, slate, users } from './given.ts';

const PEOPLE = ['alice', 'bob', 'carol', 'dan', 'erin', 'frank', 'olga', 'mallory'];

const anyCaller = fc
  .record({
    sub: fc.constantFrom(...PEOPLE),
    machine: fc.boolean(),
    left: fc.boolean(),
  })
  .map(({ sub, machine, left }) =>
    person(sub, { kind: machine ? 'machine' : 'human', roles: ['approver'] }, left ? { groups: [] } : {}),
  );

const seconds = fc.integer({ min: 1, max: 4000 });
const anyCommand: fc.Arbitrary<ApprovalCommand> = fc.oneof(
  { weight: 6, arbitrary: decision() },
  fc
    .tuple(anyCaller, fc.constantFrom('on-call', 'legal'), seconds)
    .map(([c, persona, s]) => command({ type: 'AcknowledgePersona', persona }, c, s)),
  fc
    .tuple(anyCaller, fc.constantFrom('on-call', 'legal'), seconds)
    .map(([c, persona, s]) => command({ type: 'WithdrawAcknowledgement', persona }, c, s)),
  fc
    .tuple(fc.oneof(anyCaller, fc.constant(ci)), seconds)
    .map(([c, s]) => command({ type: 'CancelRequest' }, c, s)),
  fc
    .tuple(anyCaller, fc.constantFrom('approved' as const, 'denied' as const), seconds)
    .map(([c, status, s]) =>
      command({ type: 'InvokeBreakGlass', status, reason: 'because it has to be' }, c, s),
    ),
  fc.tuple(anyCaller, seconds).map(([c, s]) => command({ type: 'ReviewBreakGlass' }, c, s)),
  seconds.map((s) => ({ type: 'ExpireRequest' as const, requestId: REQUEST, now: at(s) })),
  fc
    .tuple(seconds, fc.integer({ min: 0, max: 2 }))
    .map(([s, rung]) => ({ type: 'EscalateRequest' as const, requestId: REQUEST, now: at(s), rung })),
);

function decision(): fc.Arbitrary<ApprovalCommand> {
  return fc
    .record({
      caller: anyCaller,
      status: fc.constantFrom('approved' as const, 'approved' as const, 'denied' as const),
      stage: fc.option(fc.constantFrom('peers', 'owner'), { nil: undefined }),
      overrides: fc.option(fc.record({ batchSize: fc.integer({ min: 1, max: 3 }) }), {
        nil: undefined,
        freq: 6,
      }),
      s: seconds,
    })
    .map(({ caller, status, stage, overrides, s }) =>
      command(
        { type: 'Decide', status, ...(stage && { stage }), ...(overrides && { overrides }) },
        caller,
        s,
      ),
    );
}

const anyRequest = fc
  .record({
    denyThreshold: fc.integer({ min: 1, max: 2 }),
    withPersona: fc.boolean(),
    min: fc.integer({ min: 1, max: 2 }),
    onBehalfOf: fc.option(fc.constantFrom('bob', 'alice'), { nil: undefined }),
  })
  .map(({ denyThreshold, withPersona, min, onBehalfOf }) =>
    ask({
      ...(onBehalfOf && { onBehalfOf }),
      slate: slate({
        denyThreshold,
        personas: withPersona ? [{ name: 'on-call', from: groups('sre', 'security') }] : [],
        stages: [
          {
            name: 'peers',
            require: [
              { from: groups('sre'), min },
              { from: groups('security'), min: 1 },
            ],
          },
          { name: 'owner', require: [{ from: users('olga', 'bob', 'carol'), min: 1 }] },
        ],
        overrides: { keys: ['batchSize'], nonMaterial: [] },
      }),
    }),
  );

/** Commands in order of time, as a clock would let them come. */
const anyLife = fc
  .tuple(anyRequest, fc.array(anyCommand, { maxLength: 40 }))
  .map(([asked, commands]) => [asked, ...commands.toSorted((a, b) => (a.now < b.now ? -1 : 1))]);

function live(commands: readonly ApprovalCommand[]): { events: ApprovalEvent[]; state: ApprovalState } {
  const events: ApprovalEvent[] = [];
  for (const next of commands) events.push(...decide(next, fold(events)).events);
  return { events, state: fold(events) };
}

const DECISIONS = ['RequestApproved', 'RequestDenied', 'RequestCancelled', 'RequestExpired'];

describe('whatever is sent, in any order', () => {
  test('doing it twice writes nothing the second time', () => {
    fc.assert(
      fc.property(anyLife, anyCommand, (life, next) => {
        const { events } = live(life);
        const once = decide(next, fold(events));
        const twice = decide(next, fold([...events, ...once.events]));
        expect(twice.events).toEqual([]);
      }),
    );
  });

  test('there is one decision at most, and nothing but a review behind it', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const types = live(life).events.map((event) => event.type);
        const decided = types.findIndex((type) => DECISIONS.includes(type));
        if (decided === -1) return;
        expect(types.slice(decided + 1).filter((type) => type !== 'BreakGlassReviewed')).toEqual([]);
      }),
    );
  });

  test('nothing but the expiry is written at or past the deadline', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        for (const event of live(life).events) {
          if (event.data.at >= at(3600))
            expect(['RequestExpired', 'BreakGlassReviewed']).toContain(event.type);
        }
      }),
    );
  });

  test('approved by votes means: every stage fully seated by different people, none of them the requester', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const { state } = live(life);
        if (!state.exists || state.decision?.how !== 'votes' || state.decision.outcome !== 'approved') return;
        const { slate: frozen, onBehalfOf } = state.request;
        expect(missingPersonas(state)).toEqual([]);
        for (const [index, stage] of frozen.stages.entries()) {
          const votes = state.approvals.filter((vote) => vote.stage === index);
          expect(new Set(votes.map((vote) => vote.by)).size).toBe(votes.length);
          expect(isMet(stage.require, votes)).toBe(true);
          expect(votes.map((vote) => vote.by)).not.toContain(onBehalfOf ?? 'ci');
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a refused command without a late deadline writes nothing', () => {
    fc.assert(
      fc.property(anyLife, anyCommand, (life, next) => {
        const outcome = decide(next, live(life).state);
        if (outcome.refusal && outcome.refusal.code !== 'expired') expect(outcome.events).toEqual([]);
      }),
    );
  });

  test('evolve takes events in any order without throwing, and a decided state has a status', () => {
    fc.assert(
      fc.property(anyLife, fc.infiniteStream(fc.nat()), (life, dice) => {
        const { events } = live(life);
        const shuffled = events.toSorted(() => (dice.next().value % 2 === 0 ? 1 : -1));
        const state = shuffled.reduce(evolve, initialState);
        if (state.exists) expect(typeof statusOf(state)).toBe('string');
      }),
    );
  });
});

describe('seating', () => {
  const anySeating = fc.record({
    requirements: fc.array(
      fc.integer({ min: 1, max: 3 }).map((min) => ({ min })),
      { minLength: 1, maxLength: 3 },
    ),
    voters: fc.array(
      fc.uniqueArray(fc.nat(2)).map((fills) => ({ fills })),
      { maxLength: 6 },
    ),
  });

  test('fills as many places as any assignment could', () => {
    fc.assert(
      fc.property(anySeating, ({ requirements, voters }) => {
        const known = voters.map(({ fills }) => ({ fills: fills.filter((r) => r < requirements.length) }));
        const got = assign(requirements, known).reduce((sum, n) => sum + n, 0);
        expect(got).toBe(
          bestByTrying(
            requirements.map((r) => r.min),
            known.map((v) => v.fills),
          ),
        );
      }),
    );
  });

  test('the order of votes changes nothing', () => {
    fc.assert(
      fc.property(anySeating, ({ requirements, voters }) => {
        const known = voters.map(({ fills }) => ({ fills: fills.filter((r) => r < requirements.length) }));
        expect(isMet(requirements, known)).toBe(isMet(requirements, known.toReversed()));
      }),
    );
  });
});

test('seating a thousand people takes no time that anybody would notice', () => {
  const requirements = Array.from({ length: 20 }, () => ({ min: 50 }));
  const everywhere = { fills: requirements.map((_, index) => index) };
  const lastOnly = { fills: [19] };
  const began = performance.now();
  const full = assign(requirements, Array(1000).fill(everywhere));
  const crowded = assign(requirements, [...Array(500).fill(everywhere), ...Array(1000).fill(lastOnly)]);
  expect(performance.now() - began).toBeLessThan(1000);
  expect(full.every((got) => got === 50)).toBe(true);
  expect(crowded.reduce((sum, got) => sum + got, 0)).toBe(550);
});

/** Every assignment there is. */
function bestByTrying(places: number[], voters: readonly (readonly number[])[]): number {
  const [voter, ...rest] = voters;
  if (!voter) return 0;
  const seated = voter
    .filter((r) => (places[r] ?? 0) > 0)
    .map(
      (r) =>
        1 +
        bestByTrying(
          places.map((n, index) => (index === r ? n - 1 : n)),
          rest,
        ),
    );
  return Math.max(bestByTrying(places, rest), ...seated);
}
