import { decideRepeat, evolveLineage, initialLineage, type ReserveRepeat } from '@countersign/domain';
import { expect, test } from '@jest/globals';

const at = (seconds: number) =>
  new Date(Date.parse('2026-01-01T10:00:00.000Z') + seconds * 1000).toISOString();

function repeat(id: string, seconds: number, limits: ReserveRepeat['limits']): ReserveRepeat {
  return {
    now: at(seconds),
    requestId: id,
    previousRequestId: 'first',
    previousDecidedAt: at(0),
    by: 'ci',
    limits,
  };
}

function reserved(...commands: ReserveRepeat[]) {
  return commands.reduce(
    (state, command) => decideRepeat(command, state).events.reduce(evolveLineage, state),
    initialLineage,
  );
}

test('a repeat waits for the cooldown after the decision, and after the repeat before', () => {
  const limits = { cooldownSec: 60 };
  const early = decideRepeat(repeat('a', 59, limits), initialLineage);
  expect(early.refusal).toMatchObject({ code: 'cooldown', facts: { retryAt: at(60) } });
  expect(early.events).toEqual([]);
  const once = reserved(repeat('a', 60, limits));
  expect(once.repeats).toHaveLength(1);
  expect(decideRepeat(repeat('b', 119, limits), once).refusal?.code).toBe('cooldown');
  expect(decideRepeat(repeat('b', 120, limits), once).events).toHaveLength(1);
});

test('no more than so many within an hour', () => {
  const limits = { maxPerHour: 2 };
  const two = reserved(repeat('a', 10, limits), repeat('b', 20, limits));
  expect(decideRepeat(repeat('c', 30, limits), two).refusal).toMatchObject({
    code: 'too_many_repeats',
    facts: { retryAt: at(3610) },
  });
  expect(decideRepeat(repeat('c', 3609, limits), two).refusal).toBeDefined();
  expect(decideRepeat(repeat('c', 3610, limits), two).events).toHaveLength(1);
});

test('the same request reserves once, whatever the limits say by then', () => {
  const limits = { cooldownSec: 60, maxPerHour: 1 };
  const once = reserved(repeat('a', 60, limits));
  expect(decideRepeat(repeat('a', 61, limits), once)).toEqual({ events: [] });
});

test('no limits, no refusal', () => {
  const many = Array.from({ length: 50 }, (_, index) => repeat(`r${index}`, index, {}));
  expect(reserved(...many).repeats).toHaveLength(50);
});
