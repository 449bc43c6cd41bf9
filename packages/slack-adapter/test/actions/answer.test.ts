import { once } from 'node:events';
import http, { type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { allowedUrl, createRespond } from '../../src/actions/answer.ts';

const servers: http.Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = http.createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What an answer came to: the results of the calls, and what failed. */
function recorder() {
  const results: string[] = [];
  const failures: string[] = [];
  return {
    results,
    failures,
    signals: {
      called: ({ method, result }: { method: string; result: string }) =>
        void results.push(`${method} ${result}`),
      failed: ({ error }: { error: unknown }) => void failures.push((error as Error).message),
    },
  };
}

describe('where answers may go', () => {
  test.each([
    'https://hooks.slack.com/actions/T1/1/x',
    'https://slack.com/x',
    'https://hooks.slack.com:443/x',
  ])('%s', (url) => {
    expect(allowedUrl(url, undefined)?.href).toBe(new URL(url).href);
    expect(allowedUrl(url, 'http://127.0.0.1:4000/api/')).not.toBeNull();
  });

  test.each([
    undefined,
    '',
    'hooks.slack.com',
    'http://hooks.slack.com/x',
    'https://hooks.slack.com:8443/x',
    'https://hooks.slack.com.example.com/x',
    'https://notslack.com/x',
    'https://example.com/slack.com',
    'https://me:secret@hooks.slack.com/x',
    'https://169.254.169.254/latest/meta-data',
    'http://127.0.0.1:4000/actions',
    'file:///etc/passwd',
  ])('not to %j', (url) => {
    expect(allowedUrl(url, undefined)).toBeNull();
  });

  test('to the host of another Web API, at its port and in its way, and to no other', () => {
    const api = 'http://127.0.0.1:4000/api/';
    expect(allowedUrl('http://127.0.0.1:4000/actions/x', api)).not.toBeNull();
    expect(allowedUrl('http://127.0.0.1:4001/actions/x', api)).toBeNull();
    expect(allowedUrl('https://127.0.0.1:4000/actions/x', api)).toBeNull();
    expect(allowedUrl('http://localhost:4000/actions/x', api)).toBeNull();
  });
});

describe('an answer', () => {
  test('is for whoever clicked, and leaves the message as it is', async () => {
    const bodies: string[] = [];
    const apiUrl = await serve((req, res) => {
      req.setEncoding('utf8').on('data', (text: string) => bodies.push(text));
      req.on('end', () => res.end('ok'));
    });
    const { signals, results, failures } = recorder();
    await createRespond({ apiUrl, signals })(`${apiUrl}/actions/x`, 'Not done: *no*');
    expect(JSON.parse(bodies.join(''))).toEqual({
      response_type: 'ephemeral',
      replace_original: false,
      text: 'Not done: *no*',
    });
    expect(results).toEqual(['response_url ok']);
    expect(failures).toEqual([]);
  });

  test('that is not taken, or redirected elsewhere, is a signal without the address', async () => {
    let elsewhere = 0;
    const apiUrl = await serve((req, res) => {
      if (req.url === '/elsewhere') elsewhere += 1;
      if (req.url === '/redirect') res.writeHead(302, { location: '/elsewhere' });
      else res.writeHead(404);
      res.end();
    });
    const { signals, results, failures } = recorder();
    const respond = createRespond({ apiUrl, signals });
    await respond(`${apiUrl}/used`, 'x');
    await respond(`${apiUrl}/redirect`, 'x');
    await respond('https://example.com/', 'x');
    await respond(undefined, 'x');
    expect(results).toEqual(['response_url http_404', 'response_url network']);
    expect(failures).toHaveLength(4);
    expect(failures.join()).not.toContain(apiUrl);
    expect(elsewhere).toBe(0);
  });

  test('that takes too long is given up', async () => {
    const apiUrl = await serve(() => {});
    const { signals, results } = recorder();
    await createRespond({ apiUrl, signals, timeoutMs: 50 })(`${apiUrl}/x`, 'x');
    expect(results).toEqual(['response_url timeout']);
  });
});
