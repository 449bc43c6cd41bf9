import { parseInstant } from '@countersign/domain';
import { expect, test } from '@jest/globals';

test.each([
  ['2026-01-31T22:00:00Z', '2026-01-31T22:00:00.000Z'],
  ['2026-01-31T22:00:00.1234567Z', '2026-01-31T22:00:00.123Z'],
  ['2026-01-31T23:00:00+01:00', '2026-01-31T22:00:00.000Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
])('%s is %s', (text, instant) => {
  expect(parseInstant(text)).toBe(instant);
});

test.each([
  '',
  'now',
  '2026-01-31',
  '2026-01-31T22:00:00',
  '2026-02-30T22:00:00Z',
  '2026-01-31T25:00:00Z',
  '+12026-01-31T22:00:00Z',
  '2026-01-31T22:00:00Z ',
])('"%s" is no time', (text) => {
  expect(parseInstant(text)).toBeNull();
});
