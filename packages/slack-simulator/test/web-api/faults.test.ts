import { describe, expect, test } from '@jest/globals';
import { WebClientEvent } from '@slack/web-api';
import { callLog } from '../../src/web-api/calls.ts';
import { alice, clientOf, codeOf, handClock, workspace } from '../support/workspace.ts';

describe('rate limits as a fault', () => {
  test('are told with Retry-After, and the client reports the seconds', async () => {
    const simulator = await workspace();
    const client = clientOf(simulator);
    const told: number[] = [];
    client.on(WebClientEvent.RATE_LIMITED, (seconds: number) => told.push(seconds));
    simulator.faults.rateLimit({ match: { channel: '#approvals' }, retryAfterSec: 7, times: 1 });

    await expect(client.chat.postMessage({ channel: 'approvals', text: 'x' })).rejects.toMatchObject({
      code: 'slack_webapi_rate_limited_error',
      retryAfter: 7,
    });
    expect(told).toEqual([7]);
    expect(await codeOf(client.chat.postMessage({ channel: 'approvals', text: 'x' }))).toBe('ok');
    expect(simulator.calls('chat.postMessage').map(({ result }) => result)).toEqual(['429', 'ok']);
    expect(simulator.messages('approvals')).toHaveLength(1);
  });

  test('without the header leave the client without a code', async () => {
    const simulator = await workspace();
    simulator.faults.rateLimit({ retryAfterSec: 1, withoutHeader: true });
    const error = await clientOf(simulator)
      .auth.test()
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toHaveProperty('code');
    expect(String(error)).toContain('Retry header did not contain a valid timeout');
  });
});

describe('other faults', () => {
  test('an outage carries nothing out: 5xx, or a connection cut', async () => {
    const simulator = await workspace();
    const client = clientOf(simulator);
    simulator.faults.outage({ as: 503, times: 1 });
    simulator.faults.outage({ as: 'reset', times: 1 });
    const post = () => codeOf(client.chat.postMessage({ channel: 'approvals', text: 'x' }));
    expect(await post()).toBe('slack_webapi_http_error');
    expect(await post()).toBe('slack_webapi_request_error');
    expect(simulator.messages('approvals')).toEqual([]);
    expect(await post()).toBe('ok');
    expect(simulator.calls().map(({ result }) => result)).toEqual(['503', 'reset', 'ok']);
  });

  test('a lost answer leaves one message', async () => {
    const simulator = await workspace();
    const client = clientOf(simulator);
    simulator.faults.loseAnswer({ match: { method: 'chat.postMessage' }, times: 1 });
    expect(await codeOf(client.chat.postMessage({ channel: 'approvals', text: 'x' }))).toBe(
      'slack_webapi_request_error',
    );
    expect(simulator.messages('approvals')).toHaveLength(1);
    expect(simulator.calls()).toMatchObject([{ result: 'lost', args: { channel: 'approvals', text: 'x' } }]);
  });

  test("the client's own retries double a message whose answer was lost", async () => {
    const simulator = await workspace();
    const client = clientOf(simulator, { retryConfig: { retries: 1, minTimeout: 1 } });
    simulator.faults.loseAnswer({ times: 1 });
    await client.chat.postMessage({ channel: 'approvals', text: 'x' });
    expect(simulator.messages('approvals')).toHaveLength(2);
  });

  test('a slow call is carried out although its caller has left', async () => {
    const simulator = await workspace();
    const client = clientOf(simulator, { timeout: 50 });
    simulator.faults.slow({ match: { method: 'chat.postMessage' }, milliseconds: 200, times: 1 });
    const arrived = new Promise<void>((resolve) => simulator.onChange(resolve));
    expect(await codeOf(client.chat.postMessage({ channel: 'approvals', text: 'x' }))).toBe(
      'slack_webapi_request_error',
    );
    expect(simulator.messages('approvals')).toEqual([]);
    await arrived;
    expect(simulator.messages('approvals')).toHaveLength(1);
  });

  test("refusals go by method and channel, also a user's direct one, until cleared", async () => {
    const simulator = await workspace();
    const client = clientOf(simulator);
    simulator.faults.refuse({
      match: { method: 'chat.postMessage', channel: '@alice' },
      error: 'restricted_action',
    });
    const post = (channel: string) => codeOf(client.chat.postMessage({ channel, text: 'x' }));
    expect([await post(alice.id), await post('approvals')]).toEqual(['restricted_action', 'ok']);
    const { channel } = await client.conversations.open({ users: alice.id });
    expect(await post(String(channel?.id))).toBe('restricted_action');
    simulator.faults.clear();
    expect(await post(alice.id)).toBe('ok');
  });
});

describe('rate limits enforced', () => {
  test('a channel takes a few messages at once, then one a second; others are not held up', async () => {
    const clock = handClock();
    const simulator = await workspace({ rateLimits: true, clock });
    const client = clientOf(simulator);
    const post = (channel: string) => codeOf(client.chat.postMessage({ channel, text: 'x' }));
    for (let n = 0; n < 5; n += 1) expect(await post('approvals')).toBe('ok');
    await expect(client.chat.postMessage({ channel: 'approvals', text: 'x' })).rejects.toMatchObject({
      retryAfter: 1,
    });
    expect(await post('releases')).toBe('ok');
    clock.advance(1);
    expect([await post('approvals'), await post('approvals')]).toEqual([
      'ok',
      'slack_webapi_rate_limited_error',
    ]);
  });

  test('chat.update takes 50 a minute', async () => {
    const clock = handClock();
    const simulator = await workspace({ rateLimits: true, clock });
    const client = clientOf(simulator);
    const { channel, ts } = await client.chat.postMessage({ channel: 'approvals', text: 'x' });
    const update = () => codeOf(client.chat.update({ channel: String(channel), ts: String(ts), text: 'y' }));
    const results = await Promise.all(Array.from({ length: 60 }, update));
    expect(results.filter((result) => result === 'ok')).toHaveLength(50);
    clock.advance(1.3);
    expect([await update(), await update()]).toEqual(['ok', 'slack_webapi_rate_limited_error']);
  });
});

test('the log of calls keeps the newest 10,000, without their tokens, until forgotten', () => {
  const log = callLog();
  for (let n = 0; n < 25_000; n += 1) log.note('auth.test', { n, token: 'xoxb' }, 'ok', n);
  const calls = log.list();
  expect(calls).toHaveLength(10_000);
  expect(calls[0]).toEqual({ method: 'auth.test', args: { n: 15_000 }, result: 'ok', at: 15_000 });
  expect(calls.at(-1)).toMatchObject({ at: 24_999 });
  log.forget();
  expect(log.list()).toEqual([]);
});
