import { describe, expect, test } from '@jest/globals';
import type { CallError } from '../../src/web/types.ts';
import { createWeb } from '../../src/web/web.ts';
import { answerWith, type Behave, startStrangeSlack } from './strange-slack.ts';

const TOKEN = 'xoxb-the-token-that-must-not-be-seen';
const TIMEOUT_MS = 150;
const POST = { channel: '#ops', text: 'hello', blocks: [], mark: { requestId: 'r1', key: 'message' } };

interface Seen {
  readonly called: { method: string; result: string; seconds: number }[];
  readonly limited: unknown[];
}

function webTo(apiUrl: string, seen: Seen = { called: [], limited: [] }) {
  return createWeb({
    tokens: [TOKEN],
    apiUrl,
    timeoutMs: TIMEOUT_MS,
    maxConcurrency: 10,
    signals: {
      called: (call) => void seen.called.push(call),
      rateLimited: (limited) => void seen.limited.push(limited),
    },
  });
}

async function failing(behave: Behave): Promise<{ error: CallError; result: string; limited: unknown[] }> {
  const slack = await startStrangeSlack(behave);
  const seen: Seen = { called: [], limited: [] };
  const answer = await webTo(slack.apiUrl, seen).postMessage(POST);
  if (answer.ok) throw new Error('expected a failure');
  expect(JSON.stringify([answer, seen])).not.toContain(TOKEN);
  // Whatever happened: no call was repeated.
  expect(slack.calls).toHaveLength(1);
  expect(seen.called).toHaveLength(1);
  const [called] = seen.called;
  expect(called).toMatchObject({ method: 'chat.postMessage' });
  expect(called?.seconds).toBeGreaterThan(0);
  return { error: answer.error, result: called?.result ?? '', limited: seen.limited };
}

const refused = (code: string): Behave => answerWith({ ok: false, error: code });

describe('a call that failed is', () => {
  test.each<[string, Behave, CallError, string]>([
    ['refused', refused('is_archived'), { kind: 'refused', code: 'is_archived' }, 'is_archived'],
    ['perhaps done', refused('internal_error'), { kind: 'unknown' }, 'internal_error'],
    ['perhaps done', refused('fatal_error'), { kind: 'unknown' }, 'fatal_error'],
    ['not taken', refused('request_timeout'), { kind: 'not_sent' }, 'request_timeout'],
    ['limited', refused('ratelimited'), { kind: 'rate_limited', retryAfterSec: 1 }, 'rate_limited'],
    ['without a code', answerWith({ ok: false }), { kind: 'unknown' }, 'unreadable'],
    ['a sentence for a code', refused('Not today!'), { kind: 'unknown' }, 'unreadable'],
    ['a server error', answerWith('oh no', 503), { kind: 'unknown' }, 'http_503'],
    ["a proxy's word", answerWith('<html>who are you', 403), { kind: 'unknown' }, 'http_403'],
    ['a page for an answer', answerWith('<html>hello</html>'), { kind: 'unknown' }, 'http_200'],
    ['an empty answer', answerWith(''), { kind: 'unknown' }, 'http_200'],
    ['null', answerWith('null'), { kind: 'unknown' }, 'http_200'],
    ['a list', answerWith('[{"ok":true}]'), { kind: 'unknown' }, 'http_200'],
    ['an answer without ok', answerWith({ ts: '1.2' }), { kind: 'unknown' }, 'http_200'],
    ['elsewhere', answerWith('', 302, { location: 'https://example.com/' }), { kind: 'unknown' }, 'network'],
    ['cut off', (response) => void response.destroy(), { kind: 'unknown' }, 'network'],
    ['cut off within', cutWithin, { kind: 'unknown' }, 'network'],
    ['too slow', () => {}, { kind: 'unknown' }, 'timeout'],
    ['too slow within', (response) => void response.write('{"ok":'), { kind: 'unknown' }, 'timeout'],
  ])('%s', async (_what, behave, error, result) => {
    expect(await failing(behave)).toMatchObject({
      error,
      result,
      limited: result === 'rate_limited' ? [{}] : [],
    });
  });

  test('certainly unsent where nobody listens, and where nobody is', async () => {
    const slack = await startStrangeSlack();
    await slack.close();
    for (const apiUrl of [slack.apiUrl, 'http://there-is-no-such-host.invalid/api/']) {
      const seen: Seen = { called: [], limited: [] };
      const answer = await webTo(apiUrl, seen).postMessage(POST);
      // A slow resolver may take longer than the call may.
      if (seen.called[0]?.result === 'timeout') continue;
      expect(answer).toEqual({ ok: false, error: { kind: 'not_sent' } });
      expect(seen.called).toMatchObject([{ result: 'network' }]);
    }
  });

  test.each([
    ['7', 7],
    ['0', 1],
    ['-5', 1],
    ['1e9', 1],
    ['99999999', 900],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 1],
    ['soon', 1],
    [null, 1],
  ])('limited with Retry-After %s: %d s', async (header, retryAfterSec) => {
    const headers: Record<string, string> = header === null ? {} : { 'retry-after': header };
    const { error, result, limited } = await failing(answerWith('slow down', 429, headers));
    expect(error).toEqual({ kind: 'rate_limited', retryAfterSec });
    expect(result).toBe('rate_limited');
    expect(limited).toEqual([{ method: 'chat.postMessage', channel: '#ops', retryAfterSec }]);
  });

  test('unknown when the answer says ok and not what came of it', async () => {
    const slack = await startStrangeSlack(answerWith({ ok: true }));
    expect(await webTo(slack.apiUrl).postMessage(POST)).toEqual({ ok: false, error: { kind: 'unknown' } });
  });
});

/** Promises more than it sends. */
function cutWithin(response: Parameters<Behave>[0]): void {
  response.writeHead(200, { 'content-length': '100' });
  response.write('{"ok":true,');
  response.destroy();
}

describe('tokens', () => {
  const tokens = ['xoxb-new', 'xoxb-old', 'xoxb-older'];
  const whoami = { ok: true, team_id: 'T1' };

  function startWith(taken: readonly string[], code = 'token_revoked') {
    return startStrangeSlack((response, call) => {
      const body = taken.includes(call.token) ? whoami : { ok: false, error: code };
      response.end(JSON.stringify(body));
    });
  }
  const webOf = (apiUrl: string) =>
    createWeb({ tokens, apiUrl, timeoutMs: TIMEOUT_MS, maxConcurrency: 10, signals: {} });

  test.each(['invalid_auth', 'not_authed', 'token_revoked', 'token_expired', 'account_inactive'])(
    '%s: the next one is tried, and stays in use',
    async (code) => {
      const slack = await startWith(['xoxb-old'], code);
      const web = webOf(slack.apiUrl);
      expect(await web.checkTokens()).toEqual({ ok: true, teamId: 'T1' });
      expect(await web.checkTokens()).toEqual({ ok: true, teamId: 'T1' });
      expect(slack.calls.map((call) => call.token)).toEqual(['xoxb-new', 'xoxb-old', 'xoxb-old']);
    },
  );

  test('each is tried once, in a ring; none taken is what Slack said of the last', async () => {
    const slack = await startWith(['xoxb-older']);
    const web = webOf(slack.apiUrl);
    await web.checkTokens();
    slack.behave(answerWith({ ok: false, error: 'invalid_auth' }));
    expect(await web.checkTokens()).toEqual({ ok: false, error: { kind: 'refused', code: 'invalid_auth' } });
    expect(slack.calls.slice(3).map((call) => call.token)).toEqual(['xoxb-older', 'xoxb-new', 'xoxb-old']);
  });

  test.each([answerWith('', 500), refused('channel_not_found'), answerWith('', 429)])(
    'no other failure is tried with another token',
    async (behave) => {
      const slack = await startStrangeSlack(behave);
      await webOf(slack.apiUrl).postMessage(POST);
      expect(slack.calls).toHaveLength(1);
    },
  );

  test('never stand in the arguments', async () => {
    const slack = await startWith(tokens);
    await webOf(slack.apiUrl).checkTokens();
    expect(JSON.stringify(slack.calls[0]?.args)).not.toContain('xoxb');
  });
});
