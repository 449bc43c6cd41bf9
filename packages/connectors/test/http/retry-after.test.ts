import { expect, test } from '@jest/globals';
import { retryAfterMs } from '../../src/http/retry-after.ts';

const now = Date.parse('2026-05-01T12:00:00Z');

test.each([
  [undefined, undefined],
  ['0', 0],
  [' 120 ', 120_000],
  ['Fri, 01 May 2026 12:00:30 GMT', 30_000],
  ['Fri, 01 May 2026 11:00:00 GMT', 0],
  ['9999999999', 86_400_000],
  ['soon', undefined],
  ['', undefined],
])('Retry-After %j waits %j ms', (header, expected) => {
  expect(retryAfterMs(header, now)).toBe(expected);
});
