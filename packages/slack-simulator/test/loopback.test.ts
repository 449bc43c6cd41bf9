import { once } from 'node:events';
import http from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { startSimulator } from '../src/index.ts';
import { alice, clientOf, workspace } from './support/workspace.ts';

test.each(['0.0.0.0', '10.0.0.1', '::', 'example.com', ''])('does not listen on %j', async (host) => {
  await expect(startSimulator({ users: [], host })).rejects.toThrow('loopback');
});

test('says so when the port is taken, and leaves nothing behind', async () => {
  const { url } = await workspace();
  await expect(startSimulator({ users: [], port: Number(new URL(url).port) })).rejects.toThrow('EADDRINUSE');
});

test.each([
  ['users of a wrong id', { users: [{ id: 'alice', name: 'alice' }] }, 'user id "alice"'],
  ['users twice', { users: [alice, alice] }, 'U0ALICE stands there twice'],
  ['channel names that Slack has not', { users: [], channels: ['#Not One'] }, 'channel name "Not One"'],
  ['no token at all', { users: [], botTokens: [] }, 'botTokens: needs at least one'],
])('refuses %s', async (_what, options, message) => {
  await expect(startSimulator(options)).rejects.toThrow(message);
});

describe('turns away what a browser elsewhere was led to send', () => {
  const status = (
    url: string,
    headers: Record<string, string>,
    method = 'POST',
  ): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const request = http.request(url, { method, headers, agent: false }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      });
      request.on('error', reject).end();
    });

  test.each([
    ["a name of one's own for this machine", { host: 'rebound.example.com' }, 403],
    ['a name that only begins as ours', { host: '127.0.0.1.example.com' }, 403],
    ["another page's origin", { origin: 'https://example.com' }, 403],
    ["a page's origin on another port", { origin: 'http://127.0.0.1:1' }, 403],
    ['no origin at all', { origin: 'null' }, 403],
    ['us', { host: 'localhost' }, 200],
  ])('%s', async (_what, headers, expected) => {
    const { apiUrl } = await workspace();
    expect(await status(`${apiUrl}auth.test`, headers)).toBe(expected);
  });

  test('also from WebSockets', async () => {
    const simulator = await workspace();
    const { url } = await clientOf(simulator, {}, simulator.appToken).apps.connections.open();
    const opened = (headers: Record<string, string>): Promise<unknown> => {
      const socket = new WebSocket(String(url), { headers });
      return once(socket, 'open').finally(() => socket.terminate());
    };
    await expect(opened({ host: 'rebound.example.com' })).rejects.toThrow();
    await expect(opened({ origin: 'https://example.com' })).rejects.toThrow();
    // The ticket is still good: it was the headers that were wrong.
    await opened({});
    await expect(opened({})).rejects.toThrow('401');
  });
});

test('stopping cuts calls that are waiting, and may be done twice', async () => {
  const simulator = await workspace();
  simulator.faults.slow({ milliseconds: 60_000 });
  const call = fetch(`${simulator.apiUrl}auth.test`);
  const cut = expect(call).rejects.toThrow('fetch failed');
  await simulator.stop();
  await simulator.stop();
  await cut;
});
