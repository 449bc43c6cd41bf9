import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type RequestHandler, Router } from 'express';
import { createApi, openApiDocument, routesOf, type SlackConnection } from '../../src/index.ts';
import { until } from '../streams/world.ts';
import { mounted } from '../support/mounted.ts';
import { startWorld, type World } from '../support/world.ts';

/** Reads the body as it came, as one that checks signatures must. */
function echo(): RequestHandler {
  const router = Router({ caseSensitive: true, strict: true });
  router.post('/slack/events', async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    res.json({ got: Buffer.concat(chunks).toString() });
  });
  return router;
}

let world: World;
let health: ReturnType<SlackConnection['health']>;
const start = async (handler: RequestHandler | null) => {
  world = await startWorld({ deps: { slack: { handler, health: () => health } } });
};
beforeEach(() => {
  health = { status: 'ok' };
});
afterEach(() => world.close());

const send = (body: string, headers: Record<string, string> = {}, method = 'POST') =>
  fetch(`${world.url}/slack/events`, { method, headers, ...(method === 'POST' && { body }) });

describe('a server that Slack calls', () => {
  test('gives the handler what came, byte for byte, whatever it says it is', async () => {
    await start(echo());
    const body = '{"a": 1,  "b":"ü"} not JSON';
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain']) {
      const answer = await send(body, { 'content-type': type });
      expect([answer.status, await answer.json()]).toEqual([200, { got: body }]);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('x-request-id')).not.toBeNull();
    }
  });

  test('needs no identity for it, takes nothing but POST, and only at its place', async () => {
    await start(echo());
    const got = await send('', {}, 'GET');
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await fetch(`${world.url}/slack/events/`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${world.url}/slack/Events`, { method: 'POST' })).status).toBe(404);
  });

  test('counts and logs the calls under their route', async () => {
    await start(echo());
    await send('x');
    await send('', {}, 'GET');
    const count = 'http_requests_total{route="/slack/events",method="POST",status="200"} 1';
    const timed = 'http_request_duration_seconds_count{route="/slack/events"} 2';
    const scrape = async () => (await world.call('GET', '/metrics')).text;
    await until(async () => (await scrape()).includes(timed), 'both are counted');
    expect(await scrape()).toContain(count);
    expect(world.log.filter((line) => line.includes('"route":"/slack/events"'))).toHaveLength(2);
  });

  test('turns what the handler throws into a problem that tells nothing', async () => {
    await start((_req, _res, next) => next(new Error('xoxb-secret')));
    const answer = await send('x');
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('xoxb');
  });

  test('says so in its description, and any other does not', async () => {
    await start(echo());
    const { paths } = openApiDocument(routesOf(world.deps)) as { paths: Record<string, object> };
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(described.toSorted()).toEqual(mounted(createApi(world.deps)).toSorted());
    expect(described).toContain('post /slack/events');
    expect((await world.call('GET', '/openapi.json')).body.paths).toHaveProperty('/slack/events');
    const without = routesOf({ slack: { handler: null, health: () => health } });
    expect(without.map(({ path }) => path)).not.toContain('/slack/events');
  });
});

describe('a server that is connected to Slack another way', () => {
  test('has no such route', async () => {
    await start(null);
    expect((await send('x')).status).toBe(404);
  });
});

describe('health', () => {
  test('tells of Slack, and is degraded with it; readiness is not', async () => {
    await start(null);
    const ask = async () => {
      const { status, body } = await world.call('GET', '/health');
      return [status, body.status, body.checks.slack];
    };
    expect(await ask()).toEqual([200, 'ok', { status: 'ok' }]);
    health = { status: 'degraded', detail: 'invalid_auth of xoxb-1' };
    expect(await ask()).toEqual([200, 'degraded', { status: 'degraded' }]);
    const ready = await world.call('GET', '/readyz');
    expect([ready.status, ready.text.includes('xoxb')]).toEqual([200, false]);
    expect(ready.body).not.toHaveProperty('slack');
  });

  test('does not mention Slack where there is none', async () => {
    world = await startWorld();
    expect((await world.call('GET', '/health')).body.checks).not.toHaveProperty('slack');
  });
});
