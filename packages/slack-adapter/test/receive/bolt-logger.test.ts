import { expect, test } from '@jest/globals';
import { boltLogger, withoutSecrets } from '../../src/receive/bolt-logger.ts';

test.each([
  'token xoxb-1234-5678-AbCdEf refused',
  'token xoxp-1-2-3-4 refused',
  'token xoxe.xoxp-1-Mi0yLTEy refused',
  'Bearer xapp-1-A1-2-abcdef',
  'wss://wss-primary.slack.com/link/?ticket=abc-def&app_id=1',
])('%j is told without what opens a door', (text) => {
  const told = withoutSecrets([text]);
  expect(told).toContain('[secret]');
  expect(told).not.toMatch(/xox[a-z]|xapp|abc/i);
});

test('warnings and errors become signals, in one cut line; the rest is dropped', () => {
  const failures: string[] = [];
  const logger = boltLogger({ failed: ({ error }) => void failures.push((error as Error).message) });
  logger.debug('a payload');
  logger.info('started');
  logger.warn('late', new Error('by xoxb-1-2'));
  logger.error('x'.repeat(5000));
  expect(failures).toEqual(['late by [secret]', 'x'.repeat(1000)]);
});
