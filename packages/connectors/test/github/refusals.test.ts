import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { gitHubConnector } from '../../src/github/connector.ts';
import { callOf } from '../support/calls.ts';
import { answer, closedPort, startServer, type TestServer } from '../support/server.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const issue = callOf('open-issue', { owner: 'o', repo: 'r', title: 'T' });

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
});

async function against(behaviour: (response: ServerResponse) => void) {
  server = await startServer((_, response) => behaviour(response));
  return gitHubConnector({ auth: { token: 'ghp_x' }, apiUrl: server.url }, { now: () => NOW });
}

describe('what GitHub answers', () => {
  test.each([
    [401, {}, 'Bad credentials', { outcome: 'failed', transient: false }],
    [403, {}, 'Resource not accessible by integration', { outcome: 'failed', transient: false }],
    [404, {}, 'Not Found', { outcome: 'failed', transient: false }],
    [410, {}, 'Issues are disabled', { outcome: 'failed', transient: false }],
    [422, {}, 'Validation Failed', { outcome: 'failed', transient: false }],
    [
      301,
      { location: 'https://api.github.com/repositories/1' },
      'Moved',
      { outcome: 'failed', transient: false },
    ],
    [307, {}, 'Moved', { outcome: 'failed', transient: false }],
    [
      403,
      { 'retry-after': '30' },
      'You have exceeded a secondary rate limit',
      { transient: true, retryAfterMs: 30_000 },
    ],
    [403, {}, 'You have exceeded a secondary rate limit', { transient: true, retryAfterMs: 60_000 }],
    [429, {}, 'Too many requests', { transient: true, retryAfterMs: 60_000 }],
    [
      403,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 90) },
      'API rate limit exceeded',
      { transient: true, retryAfterMs: 90_000 },
    ],
    [
      429,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 - 5) },
      'API rate limit exceeded',
      { transient: true, retryAfterMs: 0 },
    ],
    [
      403,
      { 'x-ratelimit-remaining': '12', 'x-ratelimit-reset': '1' },
      'Forbidden',
      { outcome: 'failed', transient: false },
    ],
    [500, {}, 'Server Error', { outcome: 'unknown' }],
    [502, {}, 'Server Error', { outcome: 'unknown' }],
    [503, { 'retry-after': '5' }, 'Unavailable', { outcome: 'unknown' }],
  ])('%i %j "%s"', async (status, headers, message, expected) => {
    const connector = await against((response) =>
      answer(response, status, { message }, headers as Record<string, string>),
    );
    const outcome = await connector.execute(issue);
    expect(outcome).toMatchObject({ ...expected, error: expect.stringContaining(String(status)) });
    expect(server?.requests).toHaveLength(1);
  });

  test('a success that does not say which issue it is, is not known to be one', async () => {
    const connector = await against((response) => answer(response, 201, {}));
    expect(await connector.execute(issue)).toEqual({
      outcome: 'unknown',
      error: expect.stringContaining('which it is'),
    });
  });

  test('nobody there: tried again', async () => {
    const apiUrl = `http://127.0.0.1:${await closedPort()}`;
    const connector = gitHubConnector({ auth: { token: 'ghp_x' }, apiUrl }, { now: Date.now });
    expect(await connector.execute(issue)).toEqual({
      outcome: 'failed',
      transient: true,
      error: 'no connection: ECONNREFUSED',
    });
    expect(await connector.reconcile(issue)).toEqual({
      found: 'ask_again',
      why: 'no connection: ECONNREFUSED',
    });
    expect(await connector.health(AbortSignal.timeout(5000))).toEqual({
      status: 'error',
      detail: 'no connection: ECONNREFUSED',
    });
  });

  test.each([
    [500, { found: 'ask_again' }],
    [403, { found: 'cannot_tell' }],
    [404, { found: 'cannot_tell' }],
  ])('%i to the question what became of it', async (status, expected) => {
    const connector = await against((response) => answer(response, status, { message: 'x' }));
    expect(await connector.reconcile(issue)).toMatchObject(expected);
  });

  test('a rate limit on the question says when to ask again', async () => {
    const connector = await against((response) =>
      answer(response, 429, { message: 'x' }, { 'retry-after': '9' }),
    );
    expect(await connector.reconcile(issue)).toMatchObject({ found: 'ask_again', retryAfterMs: 9000 });
  });
});
