import { decideAttempt, evolveAttempts, initialAttempts, MAX_ATTEMPTS } from '@countersign/domain';
import { expect, test } from '@jest/globals';

const attempt = (sub: string, rule = 'not_on_slate') => ({
  at: '2026-01-01T10:00:00.000Z',
  by: { sub, kind: 'human' as const, via: 'api' as const },
  requestId: 'r',
  tenant: 'default',
  command: 'Decide',
  rule,
});

test('one event for each person and rule', () => {
  const state = decideAttempt(attempt('mallory'), initialAttempts).reduce(evolveAttempts, initialAttempts);
  expect(decideAttempt(attempt('mallory'), state)).toEqual([]);
  expect(decideAttempt(attempt('mallory', 'role_missing'), state)).toHaveLength(1);
  expect(decideAttempt(attempt('trudy'), state)).toHaveLength(1);
});

test('and never more than the limit', () => {
  let state = initialAttempts;
  let written = 0;
  for (let i = 0; i < MAX_ATTEMPTS + 20; i++) {
    const events = decideAttempt(attempt(`mallory-${i}`), state);
    written += events.length;
    state = events.reduce(evolveAttempts, state);
  }
  expect(written).toBe(MAX_ATTEMPTS);
});
