import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { CliError } from '../../src/cli-error.ts';
import { createHttp } from '../../src/client/http.ts';
import { pause } from '../../src/client/retry.ts';
import { waitForDecision } from '../../src/client/wait.ts';
import { answering, json } from './server.ts';

let close = async () => {};
afterEach(() => close());

const state = (status: string, revision: number) => ({
  requestId: 'r',
  status,
  revision,
  approvers: [],
  personas: [],
  progress: { stages: [] },
  expiresAt: new Date(Date.now() + 60_000).toISOString(),
  params: {},
});

function stream(res: ServerResponse, ...states: object[]): ServerResponse {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const one of states) res.write(`id: 1\nevent: state\ndata: ${JSON.stringify(one)}\n\n`);
  return res;
}

async function waitAgainst(handler: Parameters<typeof answering>[0], timeoutMs = 10_000) {
  const server = await answering(handler);
  close = server.close;
  const seen: string[] = [];
  const trouble: string[] = [];
  const last = await waitForDecision(createHttp({ url: server.url }), 'tok', {
    until: 'decided',
    signal: new AbortController().signal,
    deadline: Date.now() + timeoutMs,
    onState: ({ status }) => seen.push(status),
    onTrouble: (message) => trouble.push(message),
  });
  const paths = server.seen.map(({ path }) => path.replace(/\?.*/, ''));
  return { last, seen, trouble, paths };
}

test('follows the stream to the decision, telling each state once', async () => {
  const { last, seen, paths } = await waitAgainst((req, res) => {
    if (req.url?.startsWith('/api/guard/wait?')) return json(res, 200, state('awaiting_personas', 0));
    stream(
      res,
      state('awaiting_personas', 0),
      state('pending', 1),
      state('pending', 1),
      state('approved', 2),
    ).end();
  });
  expect(last.status).toBe('approved');
  expect(seen).toEqual(['awaiting_personas', 'pending', 'approved']);
  expect(paths).toEqual(['/api/guard/wait', '/api/guard/wait-sse']);
});

test('survives streams that break, and servers that restart', async () => {
  const { last, trouble } = await waitAgainst((req, res, turn) => {
    if (turn === 1) return json(res, 200, state('pending', 0));
    if (turn === 2) return void stream(res, state('pending', 0)).destroy();
    if (turn === 3) return req.socket.destroy();
    stream(res, state('denied', 1)).end();
  });
  expect(last.status).toBe('denied');
  expect(trouble[0]).toMatch(/^lost the server/);
});

test('goes by long poll where streams do not come through', async () => {
  const { last, paths } = await waitAgainst((req, res, turn) => {
    if (turn === 1) return json(res, 200, state('pending', 0));
    if (req.url?.startsWith('/api/guard/wait-sse')) return json(res, 502, { title: 'Bad gateway' });
    json(res, 200, state('approved', 1));
  });
  expect(last.status).toBe('approved');
  expect(paths.at(-1)).toBe('/api/guard/wait');
});

test('the deadline ends it with the last state', async () => {
  const { last, paths } = await waitAgainst((req, res) => {
    if (req.url?.startsWith('/api/guard/wait?')) return json(res, 200, state('pending', 0));
    stream(res, state('pending', 0));
  }, 150);
  expect(last.status).toBe('pending');
  expect(paths[0]).toBe('/api/guard/wait');
});

test('a token that the server does not know ends it at once', async () => {
  const refused = waitAgainst((_req, res) => json(res, 404, { code: 'wait_token_unknown' }));
  await expect(refused).rejects.toMatchObject({ problem: { code: 'wait_token_unknown' } });
});

test('an interrupt between two tries ends the waiting with what the interrupt said', async () => {
  const interrupt = new AbortController();
  const pausing = pause(60_000, interrupt.signal);
  interrupt.abort(new CliError('interrupted', 130));
  await expect(pausing).rejects.toMatchObject({ message: 'interrupted', exitCode: 130 });
});
