import { afterEach, describe, expect, test } from '@jest/globals';
import { createRequest } from '../../src/client/api.ts';
import { createHttp } from '../../src/client/http.ts';
import { answering, json } from './server.ts';

let close = async () => {};
afterEach(() => close());

async function serve(handler: Parameters<typeof answering>[0]) {
  const server = await answering(handler);
  close = server.close;
  return { ...server, http: createHttp({ url: server.url, token: 't', timeoutMs: 2000 }) };
}

describe('what is sent again', () => {
  test('a create after 503, with the same idempotency key', async () => {
    const { http, seen } = await serve((_req, res, turn) =>
      turn < 3
        ? json(res, 503, { code: 'store_unavailable', status: 503 }, { 'retry-after': '0' })
        : json(res, 201, { requestId: 'r' }),
    );
    expect((await createRequest(http, { action: 'a', params: {} })).body.requestId).toBe('r');
    expect(seen).toHaveLength(3);
    const keys = seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(keys).size).toBe(1);
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer t', 'x-puddlejumper-request': 'true' });
  });

  test('a create whose answer was lost', async () => {
    const { http, seen } = await serve((req, res, turn) =>
      turn === 1 ? req.socket.destroy() : json(res, 200, { requestId: 'r' }),
    );
    expect((await createRequest(http, { action: 'a', params: {} })).status).toBe(200);
    expect(seen).toHaveLength(2);
    expect(seen[1]?.body).toBe(seen[0]?.body);
  });

  test('too many requests, after the time the server asks for', async () => {
    const { http, seen } = await serve((_req, res, turn) =>
      turn === 1 ? json(res, 429, { code: 'rate_limited' }, { 'retry-after': '1' }) : json(res, 200, {}),
    );
    const began = Date.now();
    await http.send({ path: '/x' });
    expect(Date.now() - began).toBeGreaterThanOrEqual(990);
    expect(seen).toHaveLength(2);
  });
});

describe('what is not sent again', () => {
  test('a call that changes something and is not said to be repeatable', async () => {
    const { http, seen } = await serve((_req, res) => json(res, 503, { code: 'store_unavailable' }));
    await expect(http.send({ method: 'POST', path: '/x' })).rejects.toMatchObject({ exitCode: 1 });
    expect(seen).toHaveLength(1);
  });

  test('a refusal: 429 of the policy means asked again too soon', async () => {
    const { http, seen } = await serve((_req, res) =>
      json(res, 429, { code: 'cooldown', detail: 'wait' }, { 'retry-after': '1' }),
    );
    await expect(createRequest(http, { action: 'a', params: {} })).rejects.toMatchObject({ exitCode: 15 });
    expect(seen).toHaveLength(1);
  });

  test('when the server asks for a longer break than anybody waits', async () => {
    const { http, seen } = await serve((_req, res) =>
      json(res, 503, { code: 'store_unavailable' }, { 'retry-after': '3600' }),
    );
    await expect(http.send({ path: '/x' })).rejects.toMatchObject({ exitCode: 1 });
    expect(seen).toHaveLength(1);
  });
});

test('a problem document is told with its code and every fault', async () => {
  const problem = {
    title: 'The body does not fit',
    detail: 'the body has 2 faults',
    code: 'invalid_body',
    errors: [
      { pointer: '/action', detail: 'is missing' },
      { pointer: '/extra', detail: 'is not known' },
    ],
  };
  const { http } = await serve((_req, res) => json(res, 400, problem));
  await expect(http.send({ path: '/x' })).rejects.toThrow(
    'the body has 2 faults (invalid_body, 400)\n  /action is missing\n  /extra is not known',
  );
});

test.each([
  [401, 'token_expired', 77],
  [403, 'not_on_slate', 77],
  [422, 'unknown_action', 15],
  [409, 'expired', 11],
  [409, 'already_decided', 1],
  [404, 'not_found', 1],
])('%d %s ends with exit code %d', async (status, code, exitCode) => {
  const { http } = await serve((_req, res) => json(res, status, { code }));
  await expect(http.send({ path: '/x' })).rejects.toMatchObject({ exitCode });
});

test('no server: one line that names the address', async () => {
  const { url, close: stop } = await answering(() => {});
  await stop();
  await expect(createHttp({ url }).send({ method: 'POST', path: '/x' })).rejects.toThrow(
    `cannot reach ${url}: `,
  );
});

test('a silent server is not waited for without end', async () => {
  const { url } = await serve(() => {});
  await expect(createHttp({ url, timeoutMs: 50 }).send({ method: 'POST', path: '/x' })).rejects.toThrow(
    'no answer in time',
  );
});

test('a redirect is not followed: it would carry the token elsewhere', async () => {
  const { http, seen } = await serve((_req, res) => res.writeHead(307, { location: '/y' }).end());
  await expect(http.send({ method: 'POST', path: '/x' })).rejects.toThrow('cannot reach');
  expect(seen).toHaveLength(1);
});
