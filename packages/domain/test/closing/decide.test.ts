import {
  CLOSING_NAMES,
  type ClosingEvent,
  type ClosingName,
  type ClosingOutcome,
  type ClosingState,
  decideClosing,
  decideClosingOutcome,
  evolveClosing,
  initialClosing,
  isInDoubt,
  type StartClosing,
} from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

const T0 = Date.parse('2026-01-01T10:00:00.000Z');
const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();
const LEASE = 60;

function start(
  instance: string,
  seconds: number,
  name: ClosingName = 'callback',
  lease = LEASE,
): StartClosing {
  const call = { call: name, connector: 'webhook', operation: 'post', idempotencyKey: `key of ${name}` };
  return { requestId: 'r', tenant: 'default', now: at(seconds), call, instance, until: at(seconds + lease) };
}

const succeeded = (nth: number, seconds: number, name: ClosingName = 'callback'): ClosingOutcome => ({
  type: 'ClosingSucceeded',
  data: { at: at(seconds), call: name, try: nth, result: { status: 200 }, reconciled: false },
});
function failed(
  nth: number,
  seconds: number,
  more: { retryAt?: string; outcomeUnknown?: boolean; call?: ClosingName; error?: string } = {},
): ClosingOutcome {
  const told = { call: 'callback' as const, error: 'the receiver answered 503', outcomeUnknown: false };
  return { type: 'ClosingFailed', data: { at: at(seconds), try: nth, ...told, ...more } };
}

const given = (...events: readonly ClosingEvent[]): ClosingState =>
  events.reduce(evolveClosing, initialClosing);
const started = (
  instance: string,
  seconds: number,
  state: ClosingState = initialClosing,
  name?: ClosingName,
) => {
  const claim = decideClosing(start(instance, seconds, name), state);
  if (claim.outcome !== 'taken') throw new Error(`was ${claim.outcome}`);
  return claim.events[0];
};

describe('claiming a call', () => {
  test('is for whoever comes first, and puts on the record what is about to be sent', () => {
    expect(decideClosing(start('a', 0), initialClosing)).toEqual({
      outcome: 'taken',
      events: [
        {
          type: 'ClosingStarted',
          data: {
            ...{ requestId: 'r', tenant: 'default', at: at(0), call: 'callback', try: 1 },
            ...{ connector: 'webhook', operation: 'post', idempotencyKey: 'key of callback' },
            ...{ instance: 'a', until: at(LEASE) },
          },
        },
      ],
    });
  });

  test('is for nobody while the lease lasts, not even its holder', () => {
    const state = given(started('a', 0));
    const held = { outcome: 'not_yet', at: at(LEASE), events: [] };
    expect(decideClosing(start('b', LEASE - 1), state)).toEqual(held);
    expect(decideClosing(start('a', LEASE - 1), state)).toEqual(held);
  });

  test('is for the next one when the lease is over, as one more try that is in doubt', () => {
    const state = given(started('a', 0));
    const next = given(started('a', 0), started('b', LEASE, state));
    expect(next.callback).toMatchObject({
      tries: 2,
      instance: 'b',
      firstStartedAt: at(0),
      startedAt: at(LEASE),
    });
    expect(state.callback && isInDoubt(state.callback)).toBe(true);
  });

  test('waits for the time of the next try, whoever failed', () => {
    const state = given(started('a', 0), failed(1, 1, { retryAt: at(6) }));
    expect(decideClosing(start('b', 5), state)).toEqual({ outcome: 'not_yet', at: at(6), events: [] });
    expect(decideClosing(start('b', 6), state)).toMatchObject({
      outcome: 'taken',
      events: [{ data: { try: 2 } }],
    });
  });

  test.each([
    ['made', succeeded(1, 1)],
    ['given up', failed(1, 1)],
  ])('is over once it is %s', (_what, ended) => {
    const state = given(started('a', 0), ended);
    expect(decideClosing(start('b', 1000), state)).toEqual({ outcome: 'done', events: [] });
  });

  test('of one call says nothing of the other', () => {
    const state = given(started('a', 0), succeeded(1, 1));
    expect(decideClosing(start('b', 2, 'closing'), state).outcome).toBe('taken');
  });
});

describe('recording an outcome', () => {
  const held = given(started('a', 0));

  test.each([
    ['success', succeeded(1, 1)],
    ['a failure with another try', failed(1, 1, { retryAt: at(6) })],
    ['a failure for good', failed(1, 1, { outcomeUnknown: true })],
  ])('%s is written once', (_what, event) => {
    expect(decideClosingOutcome(event, 'a', held)).toEqual({ events: [event] });
    const after = evolveClosing(held, event);
    expect(decideClosingOutcome(event, 'a', after)).toEqual({ events: [] });
  });

  test('is for the holder alone, of the try that is under way', () => {
    expect(decideClosingOutcome(succeeded(1, 1), 'b', held)).toBe('lost');
    expect(decideClosingOutcome(succeeded(2, 1), 'a', held)).toBe('lost');
    expect(decideClosingOutcome(succeeded(1, 1, 'closing'), 'a', held)).toBe('lost');
    expect(decideClosingOutcome(succeeded(1, 1), 'a', initialClosing)).toBe('lost');
  });

  test('may come after the lease, as long as nobody else has begun', () => {
    expect(decideClosingOutcome(succeeded(1, 500), 'a', held)).toMatchObject({ events: [{}] });
    const taken = evolveClosing(held, started('b', LEASE, held));
    expect(decideClosingOutcome(succeeded(1, 500), 'a', taken)).toBe('lost');
  });

  test('holds no more than the record may', () => {
    const long = decideClosingOutcome(failed(1, 1, { error: 'x'.repeat(900) }), 'a', held);
    expect(long).toMatchObject({ events: [{ data: { error: expect.stringMatching(/^x{499}…$/) } }] });
    const event = succeeded(1, 1);
    const large = { ...event, data: { ...event.data, result: { id: 1, text: 'x'.repeat(9000) } } };
    const cut = { events: [{ data: { result: { id: 1, $cut: ['text'] } } }] };
    expect(decideClosingOutcome(large as ClosingOutcome, 'a', held)).toMatchObject(cut);
  });
});

describe('the fold', () => {
  test('keeps the doubt of an earlier try until a later record settles it', () => {
    const lost = failed(1, 1, { retryAt: at(6), outcomeUnknown: true });
    const doubted = given(started('a', 0), lost);
    expect(doubted.callback && isInDoubt(doubted.callback)).toBe(true);
    const again = given(started('a', 0), lost, started('b', 6, doubted));
    expect(again.callback).toMatchObject({ status: 'started', outcomeUnknown: true });
    const settled = evolveClosing(again, failed(2, 7, { retryAt: at(300) }));
    expect(settled.callback && isInDoubt(settled.callback)).toBe(false);
  });

  test('ignores an outcome of what was never begun', () => {
    expect(given(succeeded(1, 1), failed(1, 1))).toBe(initialClosing);
  });
});

/** What instances do at random: time passes, they claim, they record, dead or alive. */
const step = fc.record({
  by: fc.constantFrom('a', 'b', 'c'),
  name: fc.constantFrom(...CLOSING_NAMES),
  passed: fc.integer({ min: 0, max: LEASE }),
  act: fc.oneof(
    fc.record({ lease: fc.integer({ min: 1, max: LEASE }) }),
    fc.record({ nth: fc.integer({ min: 1, max: 4 }), retryIn: fc.option(fc.integer({ min: 1, max: 90 })) }),
    fc.record({ nth: fc.integer({ min: 1, max: 4 }), ok: fc.constant(true) }),
  ),
});

describe('properties', () => {
  test('two instances never both hold a call, and nothing is begun again once it has ended', () => {
    let takenOver = 0;
    let ends = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let state = initialClosing;
        let seconds = 0;
        /** Who may believe that the call is theirs, by what they were told, and until when. */
        const holders = new Map<ClosingName, { by: string; until: string }>();
        for (const { by, name, passed, act } of steps) {
          seconds += passed;
          const before = state[name];
          if ('lease' in act) {
            const claim = decideClosing(start(by, seconds, name, act.lease), state);
            state = claim.events.reduce(evolveClosing, state);
            if (claim.outcome !== 'taken') continue;
            const holder = holders.get(name);
            if (holder) {
              expect(holder.until <= at(seconds)).toBe(true);
              takenOver++;
            }
            expect(['succeeded', 'given_up']).not.toContain(before?.status);
            expect(state[name]?.tries).toBe((before?.tries ?? 0) + 1);
            holders.set(name, { by, until: at(seconds + act.lease) });
            continue;
          }
          const event =
            'ok' in act
              ? succeeded(act.nth, seconds, name)
              : failed(act.nth, seconds, {
                  call: name,
                  ...(act.retryIn !== null && { retryAt: at(seconds + act.retryIn) }),
                });
          const outcome = decideClosingOutcome(event, by, state);
          if (outcome === 'lost') continue;
          if (outcome.events.length > 0) expect(holders.get(name)?.by).toBe(by);
          state = outcome.events.reduce(evolveClosing, state);
          if (outcome.events.length > 0) holders.delete(name);
          if (outcome.events.length === 0) expect(state[name]).toBe(before);
          else ends++;
          expect(decideClosingOutcome(event, by, state)).toEqual({ events: [] });
        }
      }),
      { numRuns: 300 },
    );
    expect(takenOver).toBeGreaterThan(0);
    expect(ends).toBeGreaterThan(0);
  });
});
