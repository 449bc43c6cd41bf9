import { describe, expect, test } from '@jest/globals';
import { callOf, everythingTold } from '../support/calls.ts';
import { answer, startServer } from '../support/server.ts';
import { bench, file, item } from './support.ts';

const here = bench();

describe('secrets', () => {
  test('are not told, though Microsoft says them back', async () => {
    const echo = await startServer((request, response) => {
      const all = `${request.headers.authorization} ${request.body} ${decodeURIComponent(request.body.toString())}`;
      if (request.path.endsWith('/token'))
        answer(response, 200, { access_token: 'sentinel-token', expires_in: 3600 });
      else if (request.method === 'GET')
        answer(response, 404, { error: { code: 'itemNotFound', message: all } });
      else answer(response, 201, { id: all, webUrl: `https://x.example/${all}`, name: all, size: 1 });
    });
    const chatty = here.connect({ graphUrl: echo.url, loginUrl: echo.url });
    const told =
      (await everythingTold(chatty, callOf('create-list-item', item))) +
      (await everythingTold(chatty, callOf('upload-file', file)));
    await echo.close();
    expect(told).toContain('[secret]');
    expect(told).not.toContain('sentinel');
  });

  test('nor is the place that parts are uploaded to', async () => {
    const large = { ...file, content: 'x'.repeat(5_000_000) };
    here.microsoft.faults.failAt(3, 'error-after');
    expect(JSON.stringify(await here.connector.execute(callOf('upload-file', large)))).not.toContain(
      'sentinel',
    );
    expect(await everythingTold(here.connector, callOf('upload-file', large))).not.toContain('sentinel');
  });
});
