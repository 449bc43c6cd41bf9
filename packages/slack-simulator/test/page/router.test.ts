import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Simulator } from '../../src/index.ts';
import { clientOf, workspace } from '../support/workspace.ts';

let simulator: Simulator;
beforeEach(async () => {
  simulator = await workspace({
    users: [
      { id: 'U0ALICE', name: 'alice' },
      { id: 'U0BOB', name: 'bob' },
    ],
  });
});

const OWN = { 'content-type': 'application/json', 'x-slack-simulator-page': '1' };

function get(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(simulator.url + path, init);
}

async function post(path: string, body: unknown, headers: Record<string, string> = OWN) {
  const response = await get(path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

async function posted(): Promise<{ channel: string; ts: string }> {
  const { channel, ts } = await clientOf(simulator).chat.postMessage({
    channel: '#approvals',
    text: 'Deploy?',
    blocks: [
      {
        type: 'actions',
        elements: [{ type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' } }],
      },
    ],
  });
  return { channel: channel ?? '', ts: ts ?? '' };
}

describe('assets', () => {
  test('the page and every module that it imports are there, as they are on disk', async () => {
    const html = await (await get('/')).text();
    const seen = new Set<string>();
    const waiting = [/<script type="module" src="([^"]+)"/.exec(html)?.[1] ?? ''];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const response = await get(path);
      expect([path, response.status]).toEqual([path, 200]);
      expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
      const source = await response.text();
      for (const [, specifier] of source.matchAll(/from '(\.[^']+)'/g)) {
        waiting.push(new URL(specifier ?? '', simulator.url + path).pathname);
      }
    }
    expect(seen.size).toBeGreaterThan(20);
  });

  test.each(['/page/style.css', '/page/icon.svg'])('%s', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(await response.text()).not.toBe('');
  });

  test('nothing else of the disk', async () => {
    for (const path of [
      '/page/tsconfig.json',
      '/page/../router.ts',
      '/page/%2e%2e/router.ts',
      '/page/nothing',
    ]) {
      expect((await get(path)).status).toBe(404);
    }
  });

  test.each(['/', '/page/style.css', '/page/people', '/page/state?user=nobody', '/page/nothing'])(
    '%s comes with a strict policy and is stored nowhere',
    async (path) => {
      const { headers } = await get(path);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^default-src 'none';/);
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
    },
  );
});

describe('what is seen', () => {
  test('people, and what one of them sees', async () => {
    expect(await (await get('/page/people')).json()).toEqual({
      teamId: simulator.teamId,
      users: [
        { id: 'U0ALICE', name: 'alice' },
        { id: 'U0BOB', name: 'bob' },
      ],
    });
    const { channel } = await posted();
    const state = await (await get('/page/state?user=U0ALICE')).json();
    expect(state).toMatchObject({
      user: { id: 'U0ALICE' },
      channels: [{ id: channel, name: 'approvals' }],
      views: [],
    });
  });

  test.each(['', '?user=U0NOBODY', '?user=U0ALICE&user=U0BOB'])('nobody: %s', async (query) => {
    const response = await get(`/page/state${query}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: 'user must be the id of one of /page/people' });
  });

  test('changes are told as they come, several at once as one', async () => {
    const ended = new AbortController();
    const response = await get('/page/changes', { signal: ended.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const events = told(response);
    expect((await events.next()).value).toBe('event: changed\ndata: {}');
    await Promise.all([posted(), posted(), posted()]);
    expect((await events.next()).value).toBe('event: changed\ndata: {}');
    ended.abort();
    await expect(events.next()).rejects.toThrow('aborted');
  });

  test('at most 64 pages listen at a time, and one that went makes room', async () => {
    const ends = Array.from({ length: 64 }, () => new AbortController());
    await Promise.all(ends.map(({ signal }) => get('/page/changes', { signal })));
    expect((await get('/page/changes')).status).toBe(503);
    ends[0]?.abort();
    let status = 503;
    while (status === 503) status = await statusOf('/page/changes');
    expect(status).toBe(200);
    for (const end of ends) end.abort();
  });
});

/** Asks, and goes at once. */
async function statusOf(path: string): Promise<number> {
  const { status, body } = await get(path);
  await body?.cancel();
  return status;
}

/** The events of a stream, without its comments and fields of the connection. */
async function* told(response: Response): AsyncGenerator<string> {
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk);
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      yield text.slice(0, end).replace(/^retry:.*\n/, '');
      text = text.slice(end + 2);
    }
  }
}

describe('what is done', () => {
  test('a click is told with the answer to it', async () => {
    const { channel, ts } = await posted();
    simulator.deliverTo('http://127.0.0.1:9/');
    const answer = await post('/page/click', { user: 'U0ALICE', channel, ts, actionId: 'go' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toEqual({
      delivery: { status: 0, milliseconds: expect.any(Number), body: expect.any(String) },
    });
  });

  test('what is not there any more is a conflict', async () => {
    const { channel, ts } = await posted();
    simulator.deleteMessage('approvals', ts);
    const answer = await post('/page/click', { user: 'U0ALICE', channel, ts, actionId: 'go' });
    expect([answer.status, answer.body]).toEqual([409, { error: expect.stringContaining(ts) }]);
    expect((await post('/page/close', { user: 'U0ALICE' })).status).toBe(409);
  });

  test.each<[string, unknown, string]>([
    ['click', { user: 'U0ALICE', channel: 'C1', ts: 1, actionId: 'go' }, 'ts must be a string'],
    [
      'click',
      { user: 'U0ALICE', channel: 'C1', ts: '1', actionId: 'go', selected: 'a' },
      'selected must be a list of at most 100 strings',
    ],
    [
      'click',
      { user: 'U0ALICE', channel: 'C1', ts: '1', actionId: 'go', selected: [1] },
      'selected[0] must be a string',
    ],
    [
      'click',
      { user: 'U0ALICE', token: 'x' },
      '"token" is none of user, channel, ts, actionId, blockId, selected',
    ],
    ['submit', { user: 'U0ALICE' }, 'values must be an object'],
    [
      'submit',
      { user: 'U0ALICE', values: { reason: 3 } },
      'values["reason"] must be a string, null or a list of at most 100 strings',
    ],
    ['click-in-view', { user: 'U0ALICE', values: {} }, 'actionId must be a string'],
    ['close', [], 'a JSON object is needed'],
  ])('%s refuses %j', async (action, body, error) => {
    const answer = await post(`/page/${action}`, body);
    expect([answer.status, answer.body]).toEqual([400, { error }]);
  });

  test('a body that is none, or too long', async () => {
    const broken = await get('/page/close', { method: 'POST', headers: OWN, body: '{"user":' });
    expect(broken.status).toBe(400);
    const long = await post('/page/submit', { user: 'U0ALICE', values: { reason: 'x'.repeat(300_000) } });
    expect(long.status).toBe(413);
  });

  const { 'x-slack-simulator-page': _, ...noHeader } = OWN;
  test.each<[string, number, Record<string, string>]>([
    ['a form', 415, { ...OWN, 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text', 415, { ...OWN, 'content-type': 'text/plain' }],
    ['no header of its own', 403, noHeader],
    ['a page of another site', 403, { ...OWN, origin: 'https://evil.example' }],
    ['a page of no site', 403, { ...OWN, origin: 'null' }],
    ['a page of this machine on another port', 403, { ...OWN, 'sec-fetch-site': 'same-site' }],
  ])('%s may do nothing', async (_name, status, headers) => {
    const { channel, ts } = await posted();
    const clicked = await get('/page/click', {
      method: 'POST',
      headers,
      body: JSON.stringify({ user: 'U0ALICE', channel, ts, actionId: 'go' }),
    });
    expect(clicked.status).toBe(status);
  });
});
