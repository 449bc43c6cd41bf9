import { generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { createTokenVerifier } from '../../src/auth/jwt.ts';
import type { AuthOptions } from '../../src/auth/options.ts';
import { createTokenCache } from '../../src/auth/token-cache.ts';
import { parseApiKeys } from '../../src/index.ts';
import type { Problem } from '../../src/problems/problem.ts';
import { JWT_SECRET, startWorld, type World } from '../support/world.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const exp = NOW / 1000 + 60;
const encode = (secret: string) => new TextEncoder().encode(secret);
const sign = (claims: JWTPayload, secret = JWT_SECRET, alg = 'HS256') =>
  new SignJWT(claims).setProtectedHeader({ alg }).sign(encode(secret));
const verifier = (more: Partial<AuthOptions> = {}) =>
  createTokenVerifier({ jwtSecrets: [JWT_SECRET], apiKeys: [], ...more }, () => NOW);

async function refusal(verifying: Promise<unknown>): Promise<Problem> {
  try {
    await verifying;
  } catch (error) {
    return error as Problem;
  }
  throw new Error('the token was accepted');
}

describe('a token signed with our secret', () => {
  test('says who is calling', async () => {
    const token = await sign({
      exp,
      sub: 'alice',
      roles: ['approver', 'chef', 'admin'],
      groups: ['staff'],
      tenant: 'acme',
      kind: 'machine',
      scope: 'a b',
    });
    expect(await verifier()(token)).toEqual({
      principal: {
        sub: 'alice',
        roles: ['approver', 'admin'],
        groups: ['staff'],
        tenant: 'acme',
        kind: 'machine',
        scopes: ['a', 'b'],
      },
      expiresMs: exp * 1000,
    });
  });

  test('stands for a human of the default tenant unless it says so', async () => {
    const token = await sign({ exp, sub: 'alice' });
    expect((await verifier()(token)).principal).toEqual({
      sub: 'alice',
      roles: [],
      groups: [],
      tenant: 'default',
      kind: 'human',
    });
    expect((await verifier({ defaultKind: 'machine' })(token)).principal.kind).toBe('machine');
  });

  test('may be signed with any of two secrets, so that one can be replaced', async () => {
    const both = verifier({ jwtSecrets: ['the-new-secret', 'the-old-secret'] });
    for (const secret of ['the-new-secret', 'the-old-secret']) {
      expect((await both(await sign({ exp, sub: 'alice' }, secret))).principal.sub).toBe('alice');
    }
    expect((await refusal(both(await sign({ exp, sub: 'alice' }, 'a-third-secret')))).code).toBe(
      'token_invalid',
    );
  });

  test.each<[string, JWTPayload, string, string]>([
    ['no exp', { sub: 'a' }, 'token_claims_invalid', 'exp'],
    ['no sub', { exp }, 'token_claims_invalid', 'sub'],
    ['an empty sub', { exp, sub: '' }, 'token_claims_invalid', 'sub'],
    ['a sub with a line break', { exp, sub: 'a\nb' }, 'token_claims_invalid', 'sub'],
    ['a sub of 257 characters', { exp, sub: 'a'.repeat(257) }, 'token_claims_invalid', 'sub'],
    ['roles that are no list', { exp, sub: 'a', roles: 'admin' }, 'token_claims_invalid', 'roles'],
    ['roles that are no texts', { exp, sub: 'a', roles: [1] }, 'token_claims_invalid', 'roles'],
    ['groups that are no list', { exp, sub: 'a', groups: {} }, 'token_claims_invalid', 'groups'],
    ['a tenant with a slash', { exp, sub: 'a', tenant: 'a/b' }, 'token_claims_invalid', 'tenant'],
    ['a kind that is none', { exp, sub: 'a', kind: 'robot' }, 'token_claims_invalid', 'kind'],
    ['a scope that is a number', { exp, sub: 'a', scope: 7 }, 'token_claims_invalid', 'scope'],
    ['exp as text', { exp: 'soon' as never, sub: 'a' }, 'token_claims_invalid', 'exp'],
    ['a beginning in the future', { exp, sub: 'a', nbf: exp }, 'token_claims_invalid', 'nbf'],
  ])('with %s is refused', async (_what, claims, code, claim) => {
    const problem = await refusal(verifier()(await sign(claims)));
    expect([problem.status, problem.code, problem.more.facts?.claim]).toEqual([401, code, claim]);
    expect(problem.more.headers?.['WWW-Authenticate']).toContain('invalid_token');
  });

  test('with an earlier end is refused as expired', async () => {
    const problem = await refusal(verifier()(await sign({ exp: NOW / 1000 - 1, sub: 'a' })));
    expect(problem.code).toBe('token_expired');
  });

  test('is for our audience and from our issuer, where those are set', async () => {
    const strict = verifier({ issuer: 'https://id.example', audience: 'countersign' });
    const good = { exp, sub: 'a', iss: 'https://id.example', aud: ['other', 'countersign'] };
    expect((await strict(await sign(good))).principal.sub).toBe('a');
    expect((await refusal(strict(await sign({ ...good, aud: 'other' })))).more.facts?.claim).toBe('aud');
    expect(
      (await refusal(strict(await sign({ ...good, iss: 'https://evil.example' })))).more.facts?.claim,
    ).toBe('iss');
    expect((await refusal(strict(await sign({ exp, sub: 'a' })))).code).toBe('token_claims_invalid');
  });

  test('with no signature, another algorithm, or a changed body is refused', async () => {
    const none = new UnsecuredJWT({ exp, sub: 'a' }).encode();
    const long = 'x'.repeat(64);
    const hs512 = await sign({ exp, sub: 'a' }, long, 'HS512');
    const good = await sign({ exp, sub: 'a' });
    const [head, , signature] = good.split('.');
    const body = Buffer.from(JSON.stringify({ exp, sub: 'root' })).toString('base64url');
    for (const token of [none, `${head}.${body}.${signature}`, 'a.b.c', '..', '{}.{}.{}']) {
      expect((await refusal(verifier()(token))).code).toBe('token_invalid');
    }
    expect((await refusal(verifier({ jwtSecrets: [long] })(hs512))).code).toBe('token_invalid');
  });
});

describe('a token signed by an identity provider', () => {
  const keys = new Map<string, { publicKey: KeyObject; privateKey: KeyObject }>();
  let provider: Server;
  let answer: 'keys' | 'error' = 'keys';
  let jwksUrl: string;
  beforeAll(async () => {
    keys.set('first', generateKeyPairSync('ec', { namedCurve: 'P-256' }));
    provider = createServer(async (_req, res) => {
      if (answer === 'error') return res.writeHead(500).end();
      const jwks = await Promise.all(
        [...keys].map(async ([kid, pair]) => ({ ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256' })),
      );
      return res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: jwks }));
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    jwksUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/jwks`;
  });
  afterEach(() => {
    answer = 'keys';
  });
  afterAll(() => {
    provider.closeAllConnections();
    provider.close();
  });
  const signed = (kid: string, pair = keys.get(kid)) =>
    new SignJWT({ exp, sub: 'alice' })
      .setProtectedHeader({ alg: 'ES256', kid })
      .sign(pair?.privateKey as KeyObject);

  test('is checked with the keys it publishes', async () => {
    const verify = verifier({ jwtSecrets: [], jwksUrl });
    expect((await verify(await signed('first'))).principal.sub).toBe('alice');
    const forged = await signed('first', generateKeyPairSync('ec', { namedCurve: 'P-256' }));
    expect((await refusal(verify(forged))).code).toBe('token_invalid');
    const unknown = await signed('other', generateKeyPairSync('ec', { namedCurve: 'P-256' }));
    expect((await refusal(verify(unknown))).code).toBe('token_invalid');
  });

  test('is not checked with its published key as if that were a secret', async () => {
    const verify = verifier({ jwtSecrets: [], jwksUrl });
    const pem = keys.get('first')?.publicKey.export({ type: 'spki', format: 'pem' }) as string;
    expect((await refusal(verify(await sign({ exp, sub: 'alice' }, pem)))).code).toBe('token_invalid');
  });

  test('and one of our own are both accepted where both are set', async () => {
    const verify = verifier({ jwksUrl });
    expect((await verify(await signed('first'))).principal.sub).toBe('alice');
    expect((await verify(await sign({ exp, sub: 'bob' }))).principal.sub).toBe('bob');
  });

  test('cannot be judged while the keys cannot be fetched: 503, not 401', async () => {
    answer = 'error';
    expect((await refusal(verifier({ jwksUrl })(await signed('first')))).code).toBe(
      'identity_provider_unavailable',
    );
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const nobody = verifier({ jwksUrl: `http://127.0.0.1:${port}/jwks` });
    expect((await refusal(nobody(await signed('first')))).code).toBe('identity_provider_unavailable');
  });
});

describe('tokens over HTTP', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());
  const whoami = (headers: Record<string, string>) => world.call('GET', '/api/whoami', { headers });

  test('a token that was good is refused from the moment it expires', async () => {
    const bearer = await world.call.token({ sub: 'rita', exp: Math.floor(world.deps.clock() / 1000) + 60 });
    expect((await world.call('GET', '/api/whoami', { bearer })).status).toBe(200);
    expect((await world.call('GET', '/api/whoami', { bearer })).status).toBe(200);
    world.advance(61_000);
    const late = await world.call('GET', '/api/whoami', { bearer });
    expect([late.status, late.body.code]).toEqual([401, 'token_expired']);
    expect(late.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  test.each(['', 'Basic YTpi', 'Bearer', 'Bearer a b', 'Bearer  '])(
    '%j is no bearer token',
    async (authorization) => {
      const answer = await whoami({ authorization });
      expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    },
  );

  test('what was refused is counted by its kind, and never logged', async () => {
    await whoami({ authorization: 'Bearer secret-that-nobody-knows' });
    const { text } = await world.call('GET', '/metrics');
    expect(text).toMatch(/security_events_total\{type="token_invalid"\} [1-9]/);
    expect(world.log.join('')).not.toContain('secret-that-nobody-knows');
  });
});

describe('the file of API keys', () => {
  const sha256 = hash('sha256', 'k', 'hex');
  const key = { id: 'ci', sha256, sub: 'ci', roles: ['requester'] };

  test('is YAML or JSON', () => {
    const yaml = `keys:\n  - { id: ci, sha256: "sha256:${sha256.toUpperCase()}", sub: ci, roles: [requester], owner: bob }\n`;
    expect(parseApiKeys(yaml, 'keys.yaml')).toEqual([{ ...key, tenant: 'default', owner: 'bob' }]);
    expect(parseApiKeys(JSON.stringify({ keys: [key] }), 'keys.json')).toEqual([
      { ...key, tenant: 'default' },
    ]);
  });

  test.each([
    [{ keys: [{ ...key, sha256: 'abc' }] }, 'keys.0.sha256'],
    [{ keys: [{ ...key, roles: ['boss'] }] }, 'keys.0.roles.0'],
    [{ keys: [{ ...key, roles: [] }] }, 'keys.0.roles'],
    [{ keys: [{ ...key, key: 'in clear' }] }, 'Unrecognized key'],
    [{ keys: [{ ...key, tenant: 'a/b' }] }, 'keys.0.tenant'],
    [{ keys: [key, { ...key, id: 'other' }] }, 'same sha256'],
    [{ keys: [key, { ...key, sha256: hash('sha256', 'l', 'hex') }] }, 'same id'],
    ['{', 'keys.yaml'],
    [{}, 'keys'],
  ])('%j is refused, naming the place', (file, message) => {
    const text = typeof file === 'string' ? file : JSON.stringify(file);
    expect(() => parseApiKeys(text, 'keys.yaml')).toThrow(message);
  });
});

test('the cache of verified tokens is bounded, and believes none past its time', () => {
  const cache = createTokenCache(2);
  const principal = { sub: 'a', tenant: 'default', kind: 'human', roles: [], groups: [] } as const;
  cache.set('one', principal, 100);
  cache.set('two', principal, 100);
  expect(cache.get('one', 99)).toBe(principal);
  cache.set('three', principal, 100);
  expect([cache.get('two', 99), cache.get('one', 99)]).toEqual([null, principal]);
  expect(cache.get('one', 100)).toBeNull();
  expect(cache.get('one', 99)).toBeNull();
});
