import { createMetrics } from '@countersign/api';
import { expect, test } from '@jest/globals';
import pino from 'pino';
import { slackSignals } from '../../src/serve/slack.ts';

test('answers of Slack are counted by kind; beyond so many kinds, as others', async () => {
  const metrics = createMetrics({ clock: Date.now });
  const { called } = slackSignals(metrics, pino({ level: 'silent' }));
  const answer = (result: string) => called?.({ method: 'chat.update', result, seconds: 0.1 });
  answer('ok');
  for (let n = 0; n < 5000; n++) answer(`strange_${n}`);
  answer('ok');
  const scraped = await metrics.scrape();
  const lines = scraped.split('\n').filter((line) => line.startsWith('slack_api_requests_total{'));
  expect(lines.length).toBeLessThan(200);
  expect(lines).toContain('slack_api_requests_total{method="chat.update",result="ok"} 2');
  const counted = lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  expect(counted).toBe(5002);
  expect(lines.some((line) => line.includes('result="other"'))).toBe(true);
});
