import { randomBytes } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { webhookConnector } from '../../src/webhook/connector.ts';
import type { WebhookSettings } from '../../src/webhook/settings.ts';
import { callOf, resultOf } from '../support/calls.ts';
import { type Certificates, certificates } from '../support/certificates.ts';
import {
  answer,
  type Behaviour,
  closedPort,
  cutOff,
  hangUp,
  startServer,
  type TestServer,
} from '../support/server.ts';

const secret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
const [current, previous] = [secret(), secret()];
const local: WebhookSettings = { secrets: [current], allowHttp: true, allowAddresses: ['127.0.0.1'] };

const servers: TestServer[] = [];
async function receiver(behaviour: Behaviour, tls?: Certificates['server']): Promise<TestServer> {
  const server = await startServer(behaviour, tls);
  servers.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const connector = (settings: WebhookSettings = local, now: () => number = Date.now) =>
  webhookConnector(settings, { now });
const post = (url: string, more: object = {}, call: object = {}) =>
  callOf('post', { url, body: { type: 'deploy', data: { n: 1 } }, ...more }, call);

describe('what is sent', () => {
  test('is signed so that the reference library accepts it, with every secret while they are exchanged', async () => {
    const server = await receiver((_, response) => answer(response, 200, {}));
    const outcome = await connector({ ...local, secrets: [current, previous] }).execute(post(server.url));
    expect(outcome).toEqual({ outcome: 'succeeded', result: { status: 200 } });
    const [request] = server.requests;
    for (const one of [current, previous]) {
      const payload = new Webhook(one).verify(
        request?.body ?? '',
        request?.headers as Record<string, string>,
      );
      expect(payload).toEqual({ type: 'deploy', data: { n: 1 } });
    }
    expect(() =>
      new Webhook(secret()).verify(request?.body ?? '', request?.headers as Record<string, string>),
    ).toThrow('No matching signature');
    expect(request).toMatchObject({
      method: 'POST',
      headers: {
        'webhook-id': 'appr1-step1',
        'content-type': 'application/json',
        host: `127.0.0.1:${server.port}`,
      },
    });
  });

  test('bears the same id at every try, and the time of each', async () => {
    const server = await receiver((_, response) => answer(response, 200, {}));
    let nowMs = 1_800_000_000_999;
    const { execute } = connector(local, () => nowMs);
    await execute(post(server.url));
    nowMs += 60_000;
    await execute(post(server.url));
    const sent = server.requests.map(({ headers }) => [headers['webhook-id'], headers['webhook-timestamp']]);
    expect(sent).toEqual([
      ['appr1-step1', '1800000000'],
      ['appr1-step1', '1800000060'],
    ]);
  });

  test('has an id without full stops, whatever the key', async () => {
    const server = await receiver((_, response) => answer(response, 200, {}));
    await connector().execute(post(server.url, {}, { idempotencyKey: 'a.b/ü' }));
    await connector().execute(post(server.url, {}, { idempotencyKey: 'a.b/u' }));
    const ids = server.requests.map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual([expect.stringMatching(/^sha256_[0-9a-f]{64}$/), expect.stringMatching(/^sha256_/)]);
    expect(ids[0]).not.toBe(ids[1]);
  });

  test("takes an endpoint's own secrets and headers to that endpoint only", async () => {
    const server = await receiver((_, response) => answer(response, 200, {}));
    const own = secret();
    const { execute } = connector({
      ...local,
      endpoints: [
        { url: `${server.url}/hooks`, headers: { authorization: 'Bearer for-hooks' } },
        {
          url: `${server.url}/hooks/deploy/`,
          secrets: [own],
          headers: { authorization: 'Bearer for-deploy' },
        },
      ],
    });
    for (const path of ['/hooks/deploy/x?y=1', '/hooks/deployment', '/hooks', '/other']) {
      resultOf(await execute(post(server.url + path)));
    }
    expect(server.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/hooks/deploy/x?y=1', 'Bearer for-deploy'],
      ['/hooks/deployment', 'Bearer for-hooks'],
      ['/hooks', 'Bearer for-hooks'],
      ['/other', undefined],
    ]);
    const [first, second] = server.requests;
    new Webhook(own).verify(first?.body ?? '', first?.headers as Record<string, string>);
    new Webhook(current).verify(second?.body ?? '', second?.headers as Record<string, string>);
  });
});

describe('what the answer means', () => {
  test.each([
    [200, { outcome: 'succeeded', result: { status: 200 } }],
    [204, { outcome: 'succeeded', result: { status: 204 } }],
    [
      301,
      { outcome: 'failed', transient: false, error: expect.stringContaining('redirects are not followed') },
    ],
    [307, { outcome: 'failed', transient: false, error: expect.stringContaining('307') }],
    [400, { outcome: 'failed', transient: false, error: 'the receiver answered 400' }],
    [401, { outcome: 'failed', transient: false, error: expect.any(String) }],
    [404, { outcome: 'failed', transient: false, error: expect.any(String) }],
    [408, { outcome: 'failed', transient: true, retryAfterMs: 7000, error: expect.any(String) }],
    [410, { outcome: 'failed', transient: false, error: expect.stringContaining('no more') }],
    [425, { outcome: 'failed', transient: true, retryAfterMs: 7000, error: expect.any(String) }],
    [429, { outcome: 'failed', transient: true, retryAfterMs: 7000, error: expect.any(String) }],
    [500, { outcome: 'unknown', error: 'the receiver answered 500' }],
    [503, { outcome: 'unknown', error: expect.any(String) }],
  ])('%i', async (status, expected) => {
    const server = await receiver((_, response) => {
      response.writeHead(status, { 'retry-after': '7', location: 'http://127.0.0.1/elsewhere' }).end();
    });
    expect(await connector().execute(post(server.url))).toEqual(expected);
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    'https://me:pass@x.example/42',
    'https://me@x.example/42',
    'https://x.example/42?access_token=abc',
    'https://x.example/42?a=b&X-Amz-Signature=abc',
    'https://x.example/42?sv=1&sig=abc',
    '/42?token=abc',
  ])('of an answer, %s does not go on the record: it holds a credential', async (held) => {
    const told = { id: 42, url: held, location: held };
    const server = await receiver((_, response) => answer(response, 201, told));
    const outcome = await connector().execute(post(server.url));
    expect(outcome).toEqual({ outcome: 'succeeded', result: { status: 201, id: 42 } });
  });

  test('id, url and location of a JSON answer go on the record, nothing else does, nothing long', async () => {
    const bodies: unknown[] = [
      { id: 42, url: 'https://x.example/42?page=2', location: '/42', note: 'no' },
      { id: { nested: true }, url: 'x'.repeat(501), location: null },
      ['id'],
      null,
    ];
    const server = await receiver((_, response) => answer(response, 201, bodies.shift()));
    const { execute } = connector();
    const results = [];
    for (let n = bodies.length; n > 0; n--) results.push(resultOf(await execute(post(server.url))));
    expect(results).toEqual([
      { status: 201, id: 42, url: 'https://x.example/42?page=2', location: '/42' },
      { status: 201 },
      { status: 201 },
      { status: 201 },
    ]);
  });

  test.each<[string, Behaviour]>([
    [
      'that is no JSON',
      (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{'),
    ],
    [
      'of another type',
      (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('{"id":1}'),
    ],
    ['that is cut off', (_, response) => cutOff(response, 200, '{"id":1}')],
    ['larger than the limit', (_, response) => answer(response, 200, { id: 1, fill: 'x'.repeat(70_000) })],
  ])('an answer %s is still a success', async (_, behaviour) => {
    const server = await receiver(behaviour);
    expect(await connector().execute(post(server.url))).toEqual({
      outcome: 'succeeded',
      result: { status: 200 },
    });
  });
});

describe('no answer', () => {
  test('nobody listens: certainly not sent, tried again', async () => {
    const outcome = await connector().execute(post(`http://127.0.0.1:${await closedPort()}`));
    expect(outcome).toEqual({ outcome: 'failed', transient: true, error: 'no connection: ECONNREFUSED' });
  });

  test('the name is not known: certainly not sent, tried again', async () => {
    const { execute } = webhookConnector(local, {
      now: Date.now,
      lookup: (_, __, callback) =>
        callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []),
    });
    expect(await execute(post('http://nowhere.example'))).toEqual({
      outcome: 'failed',
      transient: true,
      error: 'no connection: ENOTFOUND',
    });
  });

  test('the connection breaks after it was sent: unknown', async () => {
    const server = await receiver((_, response) => hangUp(response));
    expect(await connector().execute(post(server.url))).toEqual({
      outcome: 'unknown',
      error: expect.any(String),
    });
    expect(server.requests).toHaveLength(1);
  });

  test('the call is ended while the receiver is at work: unknown', async () => {
    const ending = new AbortController();
    const server = await receiver(() => ending.abort());
    expect(await connector().execute(post(server.url, {}, { signal: ending.signal }))).toEqual({
      outcome: 'unknown',
      error: 'no answer: the time was over',
    });
  });

  test('the receiver takes longer than the time given: unknown', async () => {
    const server = await receiver(() => {});
    const { execute } = connector({ ...local, timeoutMs: 150 });
    expect(await execute(post(server.url))).toEqual({
      outcome: 'unknown',
      error: 'no answer: the time was over',
    });
  });

  test('the call is ended before there is a connection: certainly not sent', async () => {
    const server = await receiver(() => {});
    expect(await connector().execute(post(server.url, {}, { signal: AbortSignal.abort() }))).toMatchObject({
      outcome: 'failed',
      transient: true,
    });
    expect(server.connections()).toBe(0);
  });
});

describe('a lost outcome', () => {
  test("can't be told by a receiver", async () => {
    expect(await connector().reconcile(post('https://x.example'))).toMatchObject({ found: 'cannot_tell' });
  });

  test('is no harm where the plan says that the receiver knows an id again', async () => {
    const call = post('https://x.example', { idempotent: true });
    expect(await connector().reconcile(call)).toEqual({ found: 'not_done' });
  });
});

describe('over TLS', () => {
  let trusted: Certificates;
  beforeAll(async () => {
    trusted = await certificates('hooks.example');
  });

  test('a trusted receiver by its name', async () => {
    const server = await receiver((_, response) => answer(response, 200, { id: 7 }), trusted.server);
    const { execute } = webhookConnector(
      { secrets: [current], ca: trusted.authority, allowAddresses: ['127.0.0.1'] },
      { now: Date.now, lookup: (_, __, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]) },
    );
    const outcome = await execute(post(`https://hooks.example:${server.port}/`));
    expect(outcome).toEqual({ outcome: 'succeeded', result: { status: 200, id: 7 } });
  });

  test.each([
    ['an unknown authority', 'hooks.example', undefined],
    ['another name', 'other.example', 'trusted'],
  ])('a certificate of %s ends it before anything is sent', async (_, name, ca) => {
    const server = await receiver((__, response) => answer(response, 200, {}), trusted.server);
    const { execute } = webhookConnector(
      { secrets: [current], allowAddresses: ['127.0.0.1'], ...(ca ? { ca: trusted.authority } : {}) },
      { now: Date.now, lookup: (__, ___, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]) },
    );
    const outcome = await execute(post(`https://${name}:${server.port}/`));
    expect(outcome).toMatchObject({ outcome: 'failed', transient: false });
    expect(server.requests).toHaveLength(0);
  });
});
