import { describe, expect, test } from '@jest/globals';
import { callOf } from '../support/calls.ts';
import { answer, closedPort, startServer } from '../support/server.ts';
import { bench, file, item } from './support.ts';

const here = bench();

describe('what Graph answers', () => {
  const login = (path: string): boolean => path.endsWith('/token');
  test.each([
    [400, {}, { outcome: 'failed', transient: false }],
    [403, {}, { outcome: 'failed', transient: false }],
    [404, {}, { outcome: 'failed', transient: false }],
    [302, { location: 'https://elsewhere.example' }, { outcome: 'failed', transient: false }],
    [423, {}, { outcome: 'failed', transient: true }],
    [429, { 'retry-after': '10' }, { outcome: 'failed', transient: true, retryAfterMs: 10_000 }],
    [429, {}, { outcome: 'failed', transient: true }],
    [503, { 'retry-after': '10' }, { outcome: 'failed', transient: true, retryAfterMs: 10_000 }],
    [503, {}, { outcome: 'unknown' }],
    [500, {}, { outcome: 'unknown' }],
    [504, {}, { outcome: 'unknown' }],
    [507, {}, { outcome: 'failed', transient: false }],
  ])('%i %j', async (status, headers, expected) => {
    const graph = await startServer((request, response) => {
      if (login(request.path)) answer(response, 200, { access_token: 'sentinel-t', expires_in: 3600 });
      else
        answer(
          response,
          status,
          { error: { code: 'someCode', message: 'why' } },
          headers as Record<string, string>,
        );
    });
    const outcome = await here
      .connect({ graphUrl: graph.url, loginUrl: graph.url })
      .execute(callOf('create-list-item', item));
    await graph.close();
    expect(outcome).toMatchObject({
      ...expected,
      error: `Graph answered ${status} someCode: why${status === 302 ? ': redirects are not followed' : ''}`,
    });
  });

  test.each([[{}], [[]], ['text']])(
    'a success that says nothing of the item (%j) is not known to be one',
    async (body) => {
      const graph = await startServer((request, response) => {
        answer(response, 201, login(request.path) ? { access_token: 'sentinel-t', expires_in: 3600 } : body);
      });
      const outcome = await here
        .connect({ graphUrl: graph.url, loginUrl: graph.url })
        .execute(callOf('create-list-item', item));
      await graph.close();
      expect(outcome).toMatchObject({ outcome: 'unknown' });
    },
  );

  test('a next page elsewhere is not gone to: the token would go there', async () => {
    const elsewhere = await startServer((_, response) => answer(response, 200, { value: [] }));
    const graph = await startServer((request, response) => {
      if (login(request.path)) answer(response, 200, { access_token: 'sentinel-t', expires_in: 3600 });
      else answer(response, 200, { value: [], '@odata.nextLink': `${elsewhere.url}/v1.0/x` });
    });
    const told = await here
      .connect({ graphUrl: graph.url, loginUrl: graph.url })
      .reconcile(here.sent(5, 'create-list-item', item));
    await Promise.all([graph.close(), elsewhere.close()]);
    expect(told).toMatchObject({ found: 'cannot_tell' });
    expect(elsewhere.requests).toHaveLength(0);
  });

  test('nobody there: tried again, and asked again', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    const alone = here.connect({ graphUrl: url, loginUrl: url });
    expect(await alone.execute(callOf('upload-file', file))).toEqual({
      outcome: 'failed',
      transient: true,
      error: 'no connection: ECONNREFUSED',
    });
    expect(await alone.reconcile(callOf('upload-file', file))).toMatchObject({ found: 'ask_again' });
  });
});
