import { expect, test } from '@jest/globals';
import { dateText } from '../../../src/page/browser/text/dates.ts';
import { withEmoji } from '../../../src/page/browser/text/emoji.ts';

/** 2026-01-01 23:30 UTC */
const SECONDS = 1_767_310_200;
const utc = { zone: 'UTC', language: 'en-US', now: Date.UTC(2026, 5, 1) };

test.each([
  ['{date_num}', '2026-01-01'],
  ['{date}', 'January 1, 2026'],
  ['{date_short}', 'Jan 1, 2026'],
  ['{date_long}', 'Thursday, January 1, 2026'],
  ['{date_short_pretty} at {time}', 'Jan 1, 2026 at 11:30 PM'],
  ['{time_secs}', '11:30:00 PM'],
  ['until {nonsense}', 'until {nonsense}'],
])('%s', (format, shown) => {
  expect(dateText(SECONDS, format, utc)?.replace(/\u202f/g, ' ')).toBe(shown);
});

test('it is told in the zone of its reader', () => {
  expect(dateText(SECONDS, '{date_num}', { ...utc, zone: 'Asia/Tokyo' })).toBe('2026-01-02');
});

test.each([
  [0, 'today'],
  [86_400_000, 'yesterday'],
  [-86_400_000, 'tomorrow'],
])('days near by have names', (later, shown) => {
  expect(dateText(SECONDS, '{date_pretty}', { ...utc, now: SECONDS * 1000 + later })).toBe(shown);
});

test.each([
  [30, 'in 30 seconds'],
  [-7200, '2 hours ago'],
  [3 * 86_400, 'in 3 days'],
])('{ago}', (seconds, shown) => {
  expect(dateText(SECONDS + seconds, '{ago}', { ...utc, now: SECONDS * 1000 })).toBe(shown);
});

test('a date that is none is left to its fallback', () => {
  expect(dateText(9_999_999_999_999, '{date}', utc)).toBeNull();
});

test('emoji that are not known keep their name', () => {
  expect(withEmoji(':tada: :constructor: :no_such: 10:30:45')).toBe('🎉 :constructor: :no_such: 10:30:45');
});
