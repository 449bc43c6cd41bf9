import { generateKeyPairSync, verify } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { gitHubConnector } from '../../src/github/connector.ts';
import type { GitHubSettings } from '../../src/github/settings.ts';
import { SettingsError } from '../../src/settings.ts';
import { callOf, everythingTold, resultOf } from '../support/calls.ts';
import { answer, startServer } from '../support/server.ts';
import { describeGitHub } from './double/description.ts';
import { type GitHubDouble, gitHubDouble } from './double/server.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const app = { appId: '4242', privateKey };
const input = { owner: 'octo-org', repo: 'deploys', title: 'T' };
const HOUR = 3_600_000;

let github: GitHubDouble;
beforeEach(async () => {
  github = await gitHubDouble();
});
afterEach(async () => {
  await github.close();
  expect(github.objections).toEqual([]);
});
const connect = (auth: GitHubSettings['auth']) =>
  gitHubConnector({ ...(auth ? { auth } : {}), apiUrl: github.url }, { now: () => github.world.now });
const issue = (more: object = {}) => callOf('open-issue', { ...input, ...more });

describeGitHub('a GitHub App', () => {
  test('proves itself by a token signed with its key, and acts as its installation', async () => {
    resultOf(await connect(app).execute(issue()));
    expect(github.seen.map(({ route }) => route)).toEqual([
      'GET /repos/{owner}/{repo}/installation',
      'POST /app/installations/{installation_id}/access_tokens',
      'POST /repos/{owner}/{repo}/issues',
    ]);
    const [header = '', claims = '', signature = ''] = (github.seen[0]?.authorization ?? '')
      .replace('Bearer ', '')
      .split('.');
    expect(
      verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url')),
    ).toBe(true);
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg: 'RS256', typ: 'JWT' });
    const now = github.world.now / 1000;
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
      iat: now - 60,
      exp: now + 480,
      iss: '4242',
    });
    expect(github.seen[2]?.authorization).toBe('Bearer ghs_sentinelInstallation1');
  });

  test('keeps its token for most of its hour, and then takes another', async () => {
    const { execute } = connect({ ...app, installationId: 4711 });
    for (let n = 0; n < 3; n++) resultOf(await execute(issue()));
    expect(github.world.minted).toBe(1);
    github.world.now += HOUR - 5 * 60_000;
    resultOf(await execute(issue()));
    expect(github.world.minted).toBe(2);
    expect(github.seen.some(({ route }) => route.endsWith('/installation'))).toBe(false);
  });

  test('takes one token for many calls at once', async () => {
    const { execute } = connect(app);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => execute(issue())));
    outcomes.map(resultOf);
    expect(github.world.minted).toBe(1);
  });

  test('takes another when GitHub takes back the one it has', async () => {
    const { execute } = connect(app);
    resultOf(await execute(issue()));
    github.world.tokens.clear();
    github.world.tokens.add('another');
    expect(await execute(issue())).toMatchObject({ outcome: 'failed', transient: true });
    resultOf(await execute(issue()));
    expect(github.world.issues).toHaveLength(2);
  });

  test('that was taken out and put back is found under its new installation', async () => {
    const { execute } = connect(app);
    resultOf(await execute(issue()));
    github.world.installation = 4712;
    github.world.now += HOUR;
    expect(await execute(issue())).toMatchObject({ outcome: 'failed' });
    resultOf(await execute(issue()));
    expect(github.world.issues).toHaveLength(2);
  });

  test('that is not installed in the repository fails for good', async () => {
    expect(await connect(app).execute(issue({ owner: 'elsewhere' }))).toMatchObject({
      outcome: 'failed',
      transient: false,
    });
    expect(await connect({ ...app, installationId: 1 }).execute(issue())).toMatchObject({
      outcome: 'failed',
      transient: false,
    });
    expect(github.world.issues).toHaveLength(0);
  });

  test('whose call ends while it waits for its token certainly did nothing', async () => {
    const ending = new AbortController();
    github.faults.failAt(1, 'stall-before', () => ending.abort());
    const outcome = await connect(app).execute({ ...issue(), signal: ending.signal });
    expect(outcome).toEqual({
      outcome: 'failed',
      transient: true,
      error: 'the time was over before there was a token',
    });
  });

  test.each(['reset-after', 'error-after', 'limited-before'] as const)(
    'whose token request ends in %s certainly did nothing',
    async (fault) => {
      const { execute } = connect(app);
      github.faults.failAt(1, fault);
      expect(await execute(issue())).toMatchObject({ outcome: 'failed', transient: true });
      resultOf(await execute(issue()));
      expect(github.world.issues).toHaveLength(1);
    },
  );
});

describeGitHub('health', () => {
  test.each<[string, GitHubSettings['auth'], object]>([
    ['a token', { token: 'ghp_x' }, { status: 'ok' }],
    ['an App', app, { status: 'ok' }],
    ['nothing', undefined, { status: 'unconfigured', detail: 'it has neither a token nor an App' }],
  ])('of %s', async (_, auth, expected) => {
    expect(await connect(auth).health(AbortSignal.timeout(5000))).toEqual(expected);
  });

  test('of a token that GitHub does not know', async () => {
    github.world.tokens.add('another');
    expect(await connect({ token: 'ghp_x' }).health(AbortSignal.timeout(5000))).toMatchObject({
      status: 'error',
    });
  });

  test('without credentials every call is refused, and a lost one may be asked for later', async () => {
    const connector = connect(undefined);
    expect(connector.validate('open-issue', input)).toEqual([]);
    expect(await connector.execute(issue())).toMatchObject({
      outcome: 'failed',
      transient: false,
      error: expect.stringContaining('not configured'),
    });
    expect(await connector.reconcile(issue())).toMatchObject({ found: 'ask_again' });
    expect(await connector.dryRun(issue())).toMatchObject({ summary: expect.stringContaining('would fail') });
  });
});

describeGitHub('settings', () => {
  test.each<[GitHubSettings, string]>([
    [{ auth: { token: 'sentinel-token' }, apiUrl: 'http://github.example' }, 'github.apiUrl'],
    [
      { auth: { token: 'sentinel-token' }, apiUrl: 'https://me:sentinel-token@github.example' },
      'github.apiUrl',
    ],
    [{ auth: { token: 'sentinel-token' }, apiUrl: 'github.example' }, 'github.apiUrl'],
    [{ auth: { appId: '1', privateKey: 'sentinel-token' } }, 'github.auth.privateKey'],
    [{ auth: { token: '' } }, 'github.auth'],
  ])('%j are refused, naming the setting and not its value', (settings, setting) => {
    let thrown: unknown;
    try {
      gitHubConnector(settings, { now: Date.now });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(SettingsError);
    expect((thrown as Error).message).toContain(setting);
    expect((thrown as Error).message).not.toContain('sentinel-token');
  });

  test('a private key may have its line ends written out', async () => {
    const flat = privateKey.replaceAll('\n', '\\n');
    resultOf(await connect({ appId: '4242', privateKey: flat }).execute(issue()));
  });
});

describeGitHub('secrets', () => {
  test.each<[string, GitHubSettings['auth']]>([
    ['a token', { token: 'ghp_sentinelToken' }],
    ['an App', { ...app, installationId: 4711 }],
  ])('of %s are not told, though GitHub says them back', async (_, auth) => {
    const echo = await startServer((request, response) => {
      const { authorization } = request.headers;
      if (request.path.endsWith('/access_tokens')) {
        answer(response, 201, {
          token: 'ghs_sentinelInstallation',
          expires_at: new Date(Date.now() + HOUR).toISOString(),
        });
      } else if (request.method === 'POST') {
        answer(response, 201, { number: 1, html_url: `https://x.example/?${authorization}` });
      } else {
        answer(response, 404, {
          message: `no ${authorization}`,
          documentation_url: `https://x/${authorization}`,
        });
      }
    });
    const connector = gitHubConnector({ ...(auth ? { auth } : {}), apiUrl: echo.url }, { now: Date.now });
    const told = await everythingTold(connector, issue());
    await echo.close();
    expect(told).toContain('[secret]');
    expect(told).not.toContain('sentinel');
    expect(told).not.toMatch(/eyJ|PRIVATE KEY/);
  });
});
