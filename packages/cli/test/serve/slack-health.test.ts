import { Writable } from 'node:stream';
import type { SlackHealth } from '@countersign/slack-adapter';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import pino from 'pino';
import { tellOfSlackHealth } from '../../src/serve/slack-health.ts';

let health: SlackHealth;
let lines: Record<string, unknown>[];
let end: () => void;

beforeEach(() => {
  jest.useFakeTimers();
  health = { status: 'ok' };
  lines = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      const { level, scope, detail } = JSON.parse(String(chunk));
      lines.push({ level, scope, ...(detail !== undefined && { detail }) });
      done();
    },
  });
  end = tellOfSlackHealth(() => health, pino(sink), 100);
});
afterEach(() => {
  end();
  jest.useRealTimers();
});

function amiss(detail: string): SlackHealth {
  return { status: 'degraded', detail };
}

test('what is amiss is told once, with what it is, and that it has passed', () => {
  jest.advanceTimersByTime(1000);
  expect(lines).toEqual([]);
  health = amiss('C0GONE: channel_not_found');
  jest.advanceTimersByTime(1000);
  expect(lines).toEqual([{ level: 50, scope: 'slack.degraded', detail: 'C0GONE: channel_not_found' }]);
  health = amiss('C0GONE: channel_not_found; C0OLD: is_archived');
  jest.advanceTimersByTime(1000);
  health = { status: 'ok' };
  jest.advanceTimersByTime(1000);
  expect(lines.slice(1)).toEqual([
    { level: 50, scope: 'slack.degraded', detail: 'C0GONE: channel_not_found; C0OLD: is_archived' },
    { level: 30, scope: 'slack.recovered' },
  ]);
});

test('what is over at the next look is not told', () => {
  health = amiss('C0: no answer');
  jest.advanceTimersByTime(100);
  health = { status: 'ok' };
  jest.advanceTimersByTime(1000);
  expect(lines).toEqual([]);
});

test('nothing is told after the end', () => {
  end();
  health = amiss('x');
  jest.advanceTimersByTime(1000);
  expect(lines).toEqual([]);
});
