import {
  type ClaimDelivery,
  decideClaim,
  decideRecord,
  evolveDelivery,
  initialDelivery,
  type SlackDelivery,
  type SlackEvent,
} from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

const T0 = Date.parse('2026-01-01T10:00:00.000Z');
const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();
const item = (key: string) => ({ key, to: '#deploys' });
const LEASE = 45;

function claim(by: string, seconds: number, more: Partial<ClaimDelivery> = {}): ClaimDelivery {
  return {
    requestId: 'r',
    tenant: 'default',
    now: at(seconds),
    by,
    until: at(seconds + LEASE),
    upTo: 2,
    items: [item('message'), item('reply@2')],
    ...more,
  };
}

type Record = Exclude<SlackEvent, { type: 'SlackDeliveryClaimed' }>;
const sent = (key: string, seconds = 1): Record => ({
  type: 'SlackItemSent',
  data: { at: at(seconds), key, channel: 'C1', ts: `${seconds}.1`, found: false },
});
const givenUp = (key: string): Record => ({
  type: 'SlackItemGivenUp',
  data: { at: at(1), key, error: 'user_not_found' },
});
const delivered = (upTo: number): Record => ({ type: 'SlackDelivered', data: { at: at(1), upTo } });

const given = (...events: readonly SlackEvent[]) => events.reduce(evolveDelivery, initialDelivery);
const claimed = (by: string, seconds = 0, more: Partial<ClaimDelivery> = {}): SlackEvent => {
  const { events } = decideClaim(claim(by, seconds, more), initialDelivery);
  if (!events[0]) throw new Error('the first claim was not taken');
  return events[0];
};

describe('claiming', () => {
  test('is for whoever comes first, until the lease ends', () => {
    const state = given(claimed('a'));
    expect(state.claim).toMatchObject({ by: 'a', upTo: 2, until: at(LEASE) });
    expect(decideClaim(claim('b', LEASE - 1), state)).toEqual({
      outcome: 'held',
      until: at(LEASE),
      events: [],
    });
    expect(decideClaim(claim('b', LEASE), state).outcome).toBe('taken');
  });

  test('what was interrupted is claimed again as it was, whatever the newcomer would have told', () => {
    const state = given(claimed('a'), sent('message'));
    const taken = decideClaim(claim('b', 60, { upTo: 9, items: [item('reply@9')] }), state);
    expect(taken.events).toEqual([
      {
        type: 'SlackDeliveryClaimed',
        data: {
          requestId: 'r',
          tenant: 'default',
          at: at(60),
          by: 'b',
          until: at(60 + LEASE),
          upTo: 2,
          items: [item('message'), item('reply@2')],
        },
      },
    ]);
    expect([...taken.events].reduce(evolveDelivery, state).sent).toEqual({
      message: { channel: 'C1', ts: '1.1' },
    });
  });

  test('the holder renews its own lease', () => {
    const state = given(claimed('a'));
    const again = decideClaim(claim('a', 10, { items: [] }), state);
    expect(again).toMatchObject({
      outcome: 'taken',
      events: [{ data: { until: at(10 + LEASE), items: [{}, {}] } }],
    });
  });

  test('nothing is claimed of what Slack knows, and what is new is claimed anew', () => {
    const state = given(claimed('a'), sent('message'), sent('reply@2'), delivered(2));
    expect(state).toMatchObject({ claim: null, deliveredTo: 2 });
    expect(decideClaim(claim('b', 2), state)).toEqual({ outcome: 'done', events: [] });
    expect(decideClaim(claim('b', 2, { upTo: 1 }), state).outcome).toBe('done');
    const next = decideClaim(claim('b', 2, { upTo: 3, items: [item('reply@3')] }), state);
    expect(next).toMatchObject({ outcome: 'taken', events: [{ data: { upTo: 3, items: [{}] } }] });
  });

  test('the first revision can be told', () => {
    expect(decideClaim(claim('a', 0, { upTo: 0 }), initialDelivery).outcome).toBe('taken');
  });
});

describe('recording', () => {
  const held = given(claimed('a'));

  test.each([
    ['sent', sent('message')],
    ['given up', givenUp('reply@2')],
    ['delivered', delivered(2)],
  ])('%s is written once', (_what, event) => {
    const once = decideRecord(event, 'a', held);
    expect(once).toEqual({ events: [event] });
    const state = evolveDelivery(held, event);
    expect(decideRecord(event, 'a', state)).toEqual({ events: [] });
  });

  test('what became of an item first stands', () => {
    expect(decideRecord(givenUp('message'), 'a', evolveDelivery(held, sent('message')))).toEqual({
      events: [],
    });
    const state = evolveDelivery(held, givenUp('message'));
    expect(state.givenUp).toEqual(['message']);
    expect(decideRecord(sent('message'), 'a', state)).toEqual({ events: [] });
  });

  test('a holder whose lease ran out may record until another one has claimed', () => {
    // A record carries no lease: only a claim of somebody else ends the holder's.
    expect(decideRecord(sent('message', LEASE + 100), 'a', held)).toMatchObject({ events: [{}] });
    const { events } = decideClaim(claim('b', LEASE), held);
    const taken = events.reduce(evolveDelivery, held);
    for (const event of [sent('message'), givenUp('message'), delivered(2)]) {
      expect(decideRecord(event, 'a', taken)).toBe('lost');
      expect(decideRecord(event, 'b', taken)).toEqual({ events: [event] });
    }
  });

  test('a holder that was replaced is told so even of what its successor has recorded', () => {
    const { events } = decideClaim(claim('b', LEASE), held);
    const taken = [...events, sent('message')].reduce(evolveDelivery, held);
    expect(decideRecord(sent('message'), 'a', taken)).toBe('lost');
    expect(decideRecord(sent('reply@2'), 'a', evolveDelivery(taken, delivered(2)))).toBe('lost');
  });

  test('nobody records what was not claimed', () => {
    expect(decideRecord(sent('message'), 'a', initialDelivery)).toBe('lost');
    expect(decideRecord(sent('reply@7'), 'a', held)).toBe('lost');
    expect(decideRecord(delivered(3), 'a', held)).toBe('lost');
    expect(decideRecord(delivered(1), 'a', held)).toBe('lost');
  });
});

/** What instances do at random: time passes, they claim, they record, dead or alive. */
const INSTANCES = ['a', 'b', 'c'];
const KEYS = ['message', 'reply@1', 'reply@2', 'direct@2/bob'];
const step = fc.record({
  by: fc.constantFrom(...INSTANCES),
  passed: fc.integer({ min: 0, max: LEASE }),
  act: fc.oneof(
    fc.record({
      upTo: fc.integer({ min: 0, max: 4 }),
      keys: fc.subarray(KEYS),
      lease: fc.integer({ min: 1, max: LEASE }),
    }),
    fc.constantFrom(...KEYS.flatMap((key) => [sent(key), givenUp(key)])),
    fc.integer({ min: 0, max: 4 }).map(delivered),
  ),
});

interface Step {
  readonly by: string;
  readonly seconds: number;
  readonly before: SlackDelivery;
  readonly after: SlackDelivery;
  readonly command: ClaimDelivery | Record;
  readonly outcome: ReturnType<typeof decideClaim> | ReturnType<typeof decideRecord>;
}

/** Plays random steps; gives each to `look`. */
function play(look: (played: Step) => void): void {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let state = initialDelivery;
      let seconds = 0;
      for (const { by, passed, act } of steps) {
        seconds += passed;
        const command =
          'keys' in act
            ? claim(by, seconds, {
                upTo: act.upTo,
                items: act.keys.map(item),
                until: at(seconds + act.lease),
              })
            : act;
        const outcome = 'type' in command ? decideRecord(command, by, state) : decideClaim(command, state);
        const before = state;
        state = (outcome === 'lost' ? [] : outcome.events).reduce(evolveDelivery, state);
        look({ by, seconds, before, after: state, command, outcome });
      }
    }),
    { numRuns: 300 },
  );
}

const isTaken = ({ outcome }: Step) =>
  outcome !== 'lost' && 'outcome' in outcome && outcome.outcome === 'taken';

describe('properties', () => {
  test('two instances never both hold a live lease', () => {
    const leases = new Map<string, string>();
    let takenOver = 0;
    play((played) => {
      const { by, seconds, before, after, command } = played;
      if (before === initialDelivery) leases.clear();
      if (!isTaken(played)) {
        if (before.claim && !after.claim) leases.delete(before.claim.by);
        return;
      }
      for (const [other, until] of leases) {
        if (other === by) continue;
        expect(until <= at(seconds)).toBe(true);
        takenOver++;
      }
      leases.set(by, (command as ClaimDelivery).until);
    });
    expect(takenOver).toBeGreaterThan(0);
  });

  test('an interrupted claim keeps its items and the revision it leads to', () => {
    let interrupted = 0;
    play((played) => {
      if (!isTaken(played) || !played.before.claim) return;
      interrupted++;
      const { upTo, items } = played.before.claim;
      expect(played.after.claim).toMatchObject({ by: played.by, upTo, items });
    });
    expect(interrupted).toBeGreaterThan(0);
  });

  test('recording twice writes nothing, and only the holder writes', () => {
    let recorded = 0;
    play(({ by, before, after, command, outcome }) => {
      if (!('type' in command) || outcome === 'lost' || !('events' in outcome)) return;
      if (outcome.events.length > 0) {
        recorded++;
        expect(before.claim?.by).toBe(by);
      }
      const again = decideRecord(command, by, after);
      if (again !== 'lost') expect(again.events).toEqual([]);
    });
    expect(recorded).toBeGreaterThan(0);
  });

  test('what Slack knows never shrinks', () => {
    play(({ before, after }) => {
      expect(after.deliveredTo).toBeGreaterThanOrEqual(before.deliveredTo);
      expect(after.sent).toMatchObject(before.sent);
      expect(after.givenUp.slice(0, before.givenUp.length)).toEqual(before.givenUp);
    });
  });
});
