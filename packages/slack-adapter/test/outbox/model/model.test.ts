import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ask, decide, person } from '../world.ts';
import { type Dice, LIMITS, type Model, startModel } from './model.ts';
import type { Fate } from './slack.ts';

/** Leases run out while a place in the channel's pace is waited for. */
const TIGHT = { ...LIMITS, leaseMs: 22_000, burst: 1, perSecond: 0.1 };
const RUNS = Number(process.env.MODEL_RUNS ?? 25);

type Step =
  | { readonly do: 'ask'; readonly channel: number }
  | { readonly do: 'decide'; readonly nth: number; readonly who: string }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'sleep'; readonly member: number; readonly ms: number }
  | { readonly do: 'die'; readonly member: number }
  | { readonly do: 'join'; readonly skew: number }
  | { readonly do: 'behind'; readonly member: number; readonly is: boolean }
  | { readonly do: 'rebuild'; readonly member: number }
  | { readonly do: 'trouble'; readonly percent: number };

const nat = (max: number) => fc.nat({ max });
const ms = fc.oneof(nat(3000), nat(30_000), nat(120_000));
const stepArb: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('ask' as const), channel: nat(2) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('decide' as const),
      nth: nat(5),
      who: fc.constantFrom('bob', 'carol', 'dan'),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('pass' as const), ms }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('sleep' as const), member: nat(3), ms }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('die' as const), member: nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('join' as const), skew: fc.integer({ min: -2000, max: 2000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('behind' as const), member: nat(3), is: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rebuild' as const), member: nat(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('trouble' as const), percent: fc.constantFrom(0, 10, 40, 90) }),
  },
);

/** Small, quick and the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function diceOf(seed: number): Dice & { trouble: number } {
  const next = random(seed);
  const between = (from: number, to: number) => from + next() * (to - from);
  const dice = {
    trouble: 0,
    fate(): Fate {
      if (next() * 100 >= dice.trouble) {
        const answerAt = between(0, 1500);
        return { effectAt: answerAt / 2, answerAt };
      }
      const { callTimeoutMs } = LIMITS;
      const never = Number.POSITIVE_INFINITY;
      const answerAt = between(0, 1.2 * callTimeoutMs);
      switch (Math.floor(next() * 5)) {
        case 0:
          return {
            effectAt: never,
            answerAt,
            error: { kind: 'rate_limited', retryAfterSec: 1 + Math.floor(next() * 5) },
          };
        case 1:
          return { effectAt: never, answerAt, error: { kind: 'not_sent' } };
        case 2:
          return { effectAt: never, answerAt };
        case 3:
          // Carried out, and the answer lost.
          return { effectAt: between(0, answerAt), answerAt: never };
        default:
          // Carried out after the caller has given up.
          return { effectAt: between(0, 1.5 * callTimeoutMs), answerAt };
      }
    },
    append: () => {
      if (next() * 100 >= dice.trouble / 2) return 'well' as const;
      return next() < 0.5 ? ('refused' as const) : ('lost' as const);
    },
  };
  return dice;
}

async function play(model: Model, dice: { trouble: number }, steps: readonly Step[]): Promise<string[]> {
  const ids: string[] = [];
  const member = (n: number) => model.members[n % model.members.length];
  for (const step of steps) {
    switch (step.do) {
      case 'ask':
        ids.push(
          await ask(model, ['c0', 'c1', 'wide'][step.channel] ?? never(), {}, { principal: person('heidi') }),
        );
        break;
      case 'decide': {
        const id = ids[step.nth % Math.max(1, ids.length)];
        if (id !== undefined) await decide(model, id, step.who).catch(() => {});
        break;
      }
      case 'pass':
        await model.pass(step.ms);
        break;
      case 'sleep':
        Object.assign(member(step.member) ?? {}, { sleepsUntil: model.now() + step.ms });
        break;
      case 'die':
        if (model.members.length < 5) model.add(0);
        Object.assign(member(step.member) ?? {}, { sleepsUntil: Number.POSITIVE_INFINITY });
        break;
      case 'join':
        if (model.members.length < 5) model.add(step.skew);
        break;
      case 'behind':
        Object.assign(member(step.member) ?? {}, { isBehind: step.is });
        break;
      case 'rebuild':
        member(step.member)?.view.rebuild();
        break;
      case 'trouble':
        dice.trouble = step.percent;
    }
  }
  return ids;
}

/** Everybody who lives is awake and sees everything, and Slack is well. */
async function heal(model: Model, dice: { trouble: number }): Promise<void> {
  dice.trouble = 0;
  for (const one of model.members) {
    one.isBehind = false;
    if (Number.isFinite(one.sleepsUntil)) one.sleepsUntil = 0;
  }
  model.add(0);
  const { view } = model.members.at(-1) ?? never();
  for (let minutes = 0; minutes < 60; minutes++) {
    await model.pass(60_000, 1000);
    if (view.depth() === 0) return;
  }
}

function never(): never {
  throw new Error('this cannot be');
}

describe('whatever happens, and in whatever order', () => {
  test('each item is there once, all is told, in order, and the message shows how it stands', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(stepArb, { minLength: 5, maxLength: 40, size: 'max' }),
        fc.integer(),
        fc.constantFrom(LIMITS, TIGHT),
        async (steps, seed, limits) => {
          const dice = diceOf(seed);
          const model = await startModel(limits, dice);
          try {
            model.add(0);
            model.add(1500);
            const ids = await play(model, dice, steps);
            await heal(model, dice);
            for (const id of ids) await expectTold(model, id);
          } finally {
            await model.close();
          }
        },
      ),
      { numRuns: RUNS, endOnFailure: false },
    );
  }, 300_000);
});

async function expectTold({ slack, ledger }: Model, id: string): Promise<void> {
  const messages = slack.messages.filter(({ mark }) => mark.requestId === id);
  const keys = messages.map(({ mark }) => mark.key);
  expect(keys).toEqual([...new Set(keys)]);
  const history = await ledger.history(id);
  const newest = history.at(-1)?.revision;
  expect(messages[0]?.mark.key).toBe('message');
  expect(messages[0]?.text).toMatch(new RegExp(` at ${newest}$`));
  const lines = messages
    .filter(({ threadTs }) => threadTs !== undefined)
    .flatMap(({ text }) => text.split('\n'));
  const told = history.filter(
    ({ event }) => event.type !== 'ApprovalRequested' && event.type !== 'StageCompleted',
  );
  expect(lines).toEqual(told.map(({ revision, event }) => `${revision} ${event.type}`));
  const isEnded = history.some(({ event }) => event.type === 'RequestApproved');
  expect(keys.filter((key) => key.startsWith('direct@'))).toHaveLength(isEnded ? 1 : 0);
}
