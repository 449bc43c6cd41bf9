import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isCanonical, printCanonical } from '../../src/eventstoredb/canonical.ts';
import { parsePosition, positionOf, revisionOf } from '../../src/eventstoredb/positions.ts';
import { backoff } from '../../src/eventstoredb/timing.ts';
import { START } from '../../src/port.ts';

const offset = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
interface Place {
  commit: bigint;
  prepare: bigint;
}
const place: fc.Arbitrary<Place> = fc.record({ commit: offset, prepare: offset });

describe('positions', () => {
  test('come back as they were', () => {
    fc.assert(fc.property(place, (one) => expect(parsePosition(positionOf(one))).toEqual(one)));
  });

  test('compare as the places in the log do, and stand behind START', () => {
    const before = (a: Place, b: Place): boolean =>
      a.commit < b.commit || (a.commit === b.commit && a.prepare < b.prepare);
    fc.assert(
      fc.property(place, place, (a, b) => {
        expect(positionOf(a) < positionOf(b)).toBe(before(a, b));
        expect(START < positionOf(a)).toBe(true);
      }),
    );
  });

  test.each(['1/2', ' ', '00000000000000000001', `${'0'.repeat(20)}/${'0'.repeat(21)}`])(
    '%j is none',
    (text) => {
      expect(() => parsePosition(text)).toThrow(expect.objectContaining({ kind: 'refused' }));
    },
  );

  test('a revision that a number cannot hold is refused', () => {
    expect(revisionOf(2n ** 53n - 1n)).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => revisionOf(2n ** 53n)).toThrow(expect.objectContaining({ kind: 'refused' }));
  });
});

describe('canonical text', () => {
  test('is what parsing and printing it gives, and nothing else is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = printCanonical(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(isCanonical(text)).toBe(true);
        expect(isCanonical(` ${text}`)).toBe(false);
      }),
    );
  });

  test.each([
    '{"b":1,"a":2}',
    '1.0',
    '-0',
    '1E2',
    '"\\u0041"',
    '{"a":1,"a":1}',
    '',
    '\ufeff1',
    '['.repeat(1e5),
  ])('%.20j is not', (text) => {
    expect(isCanonical(text)).toBe(false);
  });

  test('may have names that mean something to ECMAScript', () => {
    expect(isCanonical('{"1":0,"10":0,"2":0,"__proto__":{"a":1},"constructor":2}')).toBe(true);
  });
});

test('the pause between attempts doubles up to its maximum and is never the same for all', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 1000 }), (attempt, base) => {
      const full = Math.min(5000, base * 2 ** Math.min(attempt - 1, 30));
      const pause = backoff(attempt, base, 5000);
      expect(pause).toBeGreaterThanOrEqual(full / 2);
      expect(pause).toBeLessThanOrEqual(full);
    }),
  );
  expect(new Set(Array.from({ length: 20 }, () => backoff(3, 100, 5000))).size).toBeGreaterThan(1);
});
