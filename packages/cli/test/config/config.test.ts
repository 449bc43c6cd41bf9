import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/problem.ts';
import type { Variable } from '../../src/config/variable.ts';
import { SECTIONS, VARIABLES } from '../../src/config/variables.ts';

const LONG = 'x'.repeat(32);
const OTHER = 'y'.repeat(40);
const PRODUCTION = { NODE_ENV: 'production', JWT_SECRET: LONG, SECRETS_KEY: LONG, SLACK: 'off' };

function problemsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ variable }) => variable);
  }
}

describe('defaults', () => {
  test('an empty environment is a development server on loopback', () => {
    expect(readConfig({})).toMatchObject({
      mode: 'development',
      host: '127.0.0.1',
      port: 8080,
      store: 'sqlite:data/ledger.db',
      keystore: 'sqlite:data/ledger.db.keys',
      dataDir: 'data',
      policyPath: 'infra/policy/policy.yaml',
      jwtDefaultKind: 'human',
      schedulerIntervalMs: 5000,
      tracingEnabled: false,
      warnings: [],
    });
  });

  test('every fallback of the table is a value that its own type takes', () => {
    for (const { name, type, fallback } of Object.values<Variable>(VARIABLES)) {
      if (fallback !== undefined)
        expect([name, type.schema.safeParse(fallback).success]).toEqual([name, true]);
    }
  });

  test('no variable stands in the table twice', () => {
    const names = Object.values(SECTIONS).flatMap((section) =>
      Object.values<Variable>(section).map(({ name }) => name),
    );
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(VARIABLES)).toHaveLength(names.length);
  });

  test('an empty text is as good as unset', () => {
    expect(readConfig({ PORT: '', JWT_SECRET: '', STORE: '' })).toMatchObject({
      mode: 'development',
      port: 8080,
    });
  });

  test('a ledger in memory has its keys in memory', () => {
    expect(readConfig({ STORE: 'sqlite::memory:' }).keystore).toBe('sqlite::memory:');
  });
});

describe('bad values', () => {
  test('all problems are told at once, each with its variable', () => {
    const env = { PORT: 'eighty', TRACING_EXPORTER: 'zipkin', STORE: 'redis://x', RATE_LIMIT_CAPACITY: '-1' };
    expect(problemsOf(env)).toEqual(['PORT', 'STORE', 'RATE_LIMIT_CAPACITY', 'TRACING_EXPORTER']);
  });

  test.each([
    ['PORT', '65536', 'whole number 0 to 65535, not "65536"'],
    ['PORT', '-1', 'whole number 0 to 65535'],
    ['TRACING_EXPORTER', 'zipkin', 'must be one of console, otlp, not "zipkin"'],
    ['JWKS_URL', 'ftp://x', 'must be an http:// or https:// URL'],
    ['TRACING_ENABLED', 'yes', 'must be one of true or false'],
    ['STORE', 'sqlite://relative.db', 'must be sqlite:<file>'],
    ['RATE_LIMIT_REFILL_PER_SEC', '0', 'must be a number > 0'],
  ])('%s=%s: %s', (name, value, message) => {
    expect(() => readConfig({ [name]: value })).toThrow(message);
  });

  test.each([
    ['STORE_BACKEND', 'eventstoredb'],
    ['REDIS_URL', 'redis://localhost'],
  ])('%s is refused with the name of what replaced it', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(`${name}: is no longer read; STORE (`);
  });

  test('the value of a secret is in no message', () => {
    const env = { ...PRODUCTION, JWT_SECRET: 'hunter2', SECRETS_KEY: 'hunter3', ADMIN_TOKEN: 'hunter4' };
    expect(() => readConfig(env)).toThrow(/^(?![\s\S]*hunter)/);
    expect(problemsOf(env)).toEqual(['SECRETS_KEY', 'JWT_SECRET', 'ADMIN_TOKEN']);
  });
});

describe('production', () => {
  test('starts with secrets and SLACK=off, on all addresses', () => {
    expect(readConfig(PRODUCTION)).toMatchObject({ mode: 'production', host: '0.0.0.0', warnings: [] });
  });

  test('needs JWT_SECRET or JWKS_URL, SECRETS_KEY, and a word about Slack', () => {
    expect(problemsOf({ NODE_ENV: 'production' })).toEqual(['JWT_SECRET', 'SECRETS_KEY', 'SLACK']);
    const { JWT_SECRET: _, ...rest } = PRODUCTION;
    expect(problemsOf({ ...rest, JWKS_URL: 'https://id.example.com/keys' })).toEqual([]);
  });

  test.each([
    [{ SLACK_BOT_TOKEN: 'xoxb-1' }, ['SLACK']],
    [{ SLACK_SIGNING_SECRET: LONG }, ['SLACK']],
    [{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: LONG }, []],
    [{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }, []],
    [{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 's' }, ['SLACK_SIGNING_SECRET']],
    [{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: `${LONG},s` }, ['SLACK_SIGNING_SECRET']],
  ])('with the Slack secrets %j', (slack, problems) => {
    const { SLACK: _, ...rest } = PRODUCTION;
    expect(problemsOf({ ...rest, ...slack })).toEqual(problems);
  });

  test('what nothing acts on yet is said to have no effect, its value untold', () => {
    const config = readConfig({ ...PRODUCTION, NOTIFY_HMAC_SECRET: 'hunter2' });
    expect(config.warnings.join('\n')).toMatch(
      /NOTIFY_HMAC_SECRET is set, but .* is not part of this version/,
    );
    expect(config.warnings.join('\n')).not.toContain('hunter2');
  });

  test('secrets are long, each of several', () => {
    expect(problemsOf({ ...PRODUCTION, JWT_SECRET: `${LONG},short` })).toEqual(['JWT_SECRET']);
    expect(problemsOf({ ...PRODUCTION, JWT_SECRET: `${LONG}, ${OTHER}`, ADMIN_TOKEN: OTHER })).toEqual([]);
  });
});

describe('connectors', () => {
  test.each([
    [{ GITHUB_APP_ID: '1' }, ['GITHUB_APP_PRIVATE_KEY_FILE']],
    [{ GITHUB_APP_PRIVATE_KEY_FILE: '/k' }, ['GITHUB_APP_ID']],
    [
      { GITHUB_APP_ID: '1', GITHUB_APP_PRIVATE_KEY_FILE: '/k', GITHUB_DISPATCH_TOKEN: 't' },
      ['GITHUB_APP_ID'],
    ],
    [{ SHAREPOINT_TENANT_ID: 't' }, ['SHAREPOINT_CLIENT_ID', 'SHAREPOINT_CLIENT_SECRET']],
    [{ SHAREPOINT_TENANT_ID: 't', SHAREPOINT_CLIENT_ID: 'c', SHAREPOINT_CLIENT_SECRET: 's' }, []],
  ])('%j has the problems %j', (env, problems) => {
    expect(problemsOf(env as Record<string, string>)).toEqual(problems);
  });
});

describe('Slack', () => {
  test.each([
    [{}, 'simulated'],
    [{ SLACK: 'off' }, 'off'],
    [{ GITHUB_DISPATCH_TOKEN: 'ghp_1' }, 'off'],
    [{ WEBHOOK_SECRETS: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }, 'off'],
    [{ WEBHOOK_ENDPOINTS_FILE: '/etc/endpoints.yaml' }, 'off'],
    [{ JWT_SECRET: LONG }, 'off'],
    [{ JWT_SECRET: LONG, SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 's' }, 'http'],
    [{ JWT_SECRET: LONG, SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }, 'socket'],
    [{ ...PRODUCTION, SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }, 'off'],
  ])('%j is %s', (env, slackMode) => {
    expect(readConfig(env as Record<string, string>)).toMatchObject({ slackMode });
  });

  test.each([{ SLACK_BOT_TOKEN: 'xoxb-1' }, { SLACK_SIGNING_SECRET: 's' }, { SLACK_APP_TOKEN: 'xapp-1' }])(
    'half of it, %j, is refused outside production too',
    (env) => {
      expect(problemsOf({ JWT_SECRET: LONG, ...env } as Record<string, string>)).toEqual(['SLACK']);
    },
  );

  test('an empty value among several is refused', () => {
    const env = { JWT_SECRET: LONG, SLACK_BOT_TOKEN: 'xoxb-1,', SLACK_SIGNING_SECRET: 's' };
    expect(problemsOf(env)).toEqual(['SLACK_BOT_TOKEN']);
  });
});

describe('development', () => {
  test.each([
    { JWT_SECRET: LONG },
    { JWKS_URL: 'https://id.example.com/keys' },
    { JWT_SECRET: LONG, SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' },
    { JWT_SECRET: LONG, STORE: 'esdb://localhost:2113?tls=false', KEYSTORE: 'sqlite:/k', SECRETS_KEY: LONG },
    PRODUCTION,
  ])('never beside %j', (env) => {
    expect(readConfig(env).mode).not.toBe('development');
  });

  test.each([
    { SLACK_API_URL: 'http://127.0.0.1:1' },
    { SLACK_SIGNING_SECRET: LONG, SLACK_BOT_TOKEN: 'xoxb-1' },
    { STORE: 'esdb://h:1', KEYSTORE: 'sqlite:/k', SECRETS_KEY: LONG },
  ])('without a way to check tokens %j is refused, not turned into it', (env) => {
    expect(problemsOf(env as Record<string, string>)).toEqual(['JWT_SECRET']);
  });

  test.each(['0.0.0.0', '::', '192.168.1.1', 'example.com', '127.evil.example'])(
    'refuses HOST=%s',
    (host) => {
      expect(problemsOf({ HOST: host })).toEqual(['HOST']);
      expect(problemsOf({ HOST: host, JWT_SECRET: LONG })).toEqual([]);
    },
  );

  test.each(['127.0.0.1', '127.0.0.2', '::1', 'localhost'])('takes HOST=%s', (host) => {
    expect(readConfig({ HOST: host }).host).toBe(host);
  });
});

test('a secret that is only commas and blanks would leave open what it should close, or close it to all', () => {
  for (const variable of ['METRICS_TOKEN', 'ADMIN_TOKEN', 'JWT_SECRET']) {
    for (const value of [',', ' , ', 'one,,two', 'one,']) {
      expect(problemsOf({ [variable]: value })).toEqual([variable]);
      expect(problemsOf({ ...PRODUCTION, [variable]: value })).toEqual([variable]);
    }
    expect(problemsOf({ [variable]: 'one, two' })).toEqual([]);
  }
  expect(problemsOf({ METRICS_TOKEN: ' ' })).toEqual(['METRICS_TOKEN']);
});

test('a shared ledger needs a shared key store and secrets key', () => {
  expect(problemsOf({ STORE: 'esdb://host:2113', JWT_SECRET: LONG })).toEqual(['SECRETS_KEY', 'KEYSTORE']);
});

test('TLS is complete or absent', () => {
  expect(problemsOf({ TLS_CERT_FILE: '/c.pem' })).toEqual(['TLS_KEY_FILE']);
  expect(problemsOf({ TLS_KEY_FILE: '/k.pem' })).toEqual(['TLS_CERT_FILE']);
  expect(problemsOf({ REQUIRE_CLIENT_CERT: 'true' })).toEqual(['REQUIRE_CLIENT_CERT']);
  const all = {
    TLS_CERT_FILE: '/c.pem',
    TLS_KEY_FILE: '/k.pem',
    TLS_CA_FILE: '/a.pem',
    REQUIRE_CLIENT_CERT: 'true',
  };
  expect(problemsOf(all)).toEqual([]);
});
