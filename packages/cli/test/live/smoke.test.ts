import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cli, removeDir, type Server, serve, tempDir } from './support.ts';

const JWT_SECRET = 'an-example-of-a-secret-of-enough-characters';
const METRICS_TOKEN = 'another-example-of-a-secret';

const dir = tempDir();
let server: Server;
beforeAll(async () => {
  server = await serve(dir, { JWT_SECRET, METRICS_TOKEN });
});
afterAll(async () => {
  await server.stop();
  removeDir(dir);
});

const beside = () => ({ ...server.env, JWT_SECRET });

describe('smoke', () => {
  test('is green against a server with real secrets', async () => {
    const { code, out, err } = await cli(['smoke', '-o', 'json'], { ...beside(), METRICS_TOKEN });
    const { checks } = JSON.parse(out) as {
      checks: { scenario: string; what: string; ok: boolean; detail: string }[];
    };
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(new Set(checks.map(({ scenario }) => scenario))).toEqual(
      new Set(['approve', 'deny', 'expire', 'metrics']),
    );
    expect(err).toBe(`smoke: all ${checks.length} checks passed\n`);
    expect(code).toBe(0);
  });

  test('one scenario alone', async () => {
    const { code, out } = await cli(['smoke', '--scenarios=deny'], { ...beside(), METRICS_TOKEN });
    expect(code).toBe(0);
    expect(out).toMatch(/denies_total\{action="smoke\.deny"\} \+1/);
    expect(out).not.toContain('smoke.expire');
  });

  test('fails when it may not see the metrics, or nobody knows its people', async () => {
    expect(await cli(['smoke', '--scenarios=deny'], beside())).toMatchObject({ code: 77 });
    const strangers = { ...beside(), METRICS_TOKEN, JWT_SECRET: `${JWT_SECRET}-of-somebody-else` };
    const { code, out } = await cli(['smoke', '--scenarios=deny'], strangers);
    expect([code, out]).toEqual([1, expect.stringMatching(/FAILED +deny +runs to its end +.*token_invalid/)]);
    expect(await cli(['smoke', '--scenarios=deny,party'], beside())).toMatchObject({ code: 2 });
  });
});

describe('load', () => {
  test.each([
    ['approve', { create: 3, decide: 3 }],
    ['deny', { create: 3, decide: 3 }],
    ['persona', { create: 3, ack: 6, decide: 6 }],
    ['expire', { create: 3, wait: 3 }],
  ])('%s', async (scenario, calls) => {
    const csv = join(dir, `${scenario}.csv`);
    const args = [
      'load',
      '--requests',
      '3',
      '--concurrency',
      '3',
      '--scenario',
      scenario,
      '--csv',
      csv,
      '-o',
      'json',
    ];
    const { code, out, err } = await cli(args, beside());
    expect([code, err]).toEqual([0, expect.stringContaining(`load: 3 × ${scenario}`)]);
    const result = JSON.parse(out) as {
      calls: { call: string; count: number; errors: number; p50: number; p99: number }[];
    };
    expect(Object.fromEntries(result.calls.map(({ call, count }) => [call, count]))).toEqual(calls);
    for (const { p50, p99, errors } of result.calls)
      expect([p50 > 0, p99 >= p50, errors]).toEqual([true, true, 0]);
    const lines = readFileSync(csv, 'utf8').trim().split('\r\n');
    expect(lines).toHaveLength(1 + Object.values(calls).reduce((sum, count) => sum + count));
  });

  test('tells what failed, and fails', async () => {
    const args = ['load', '--requests', '2', '--concurrency', '1'];
    const { code, out, err } = await cli(args, { ...beside(), JWT_SECRET: `${JWT_SECRET}-of-somebody-else` });
    expect([code, err]).toEqual([1, expect.stringMatching(/failed 2 times: .*token_invalid/)]);
    expect(out).toMatch(/create +2 +2 /);
  });
});

describe('doctor', () => {
  test('finds a healthy server', async () => {
    const { code, out } = await cli(['doctor', '-o', 'json'], beside());
    const { findings } = JSON.parse(out) as { findings: { what: string; state: string }[] };
    expect([code, findings.filter(({ state }) => state === 'failed')]).toEqual([0, []]);
    expect(findings.map(({ what }) => what)).toEqual([
      'Node',
      'configuration',
      'policy',
      'DATA_DIR',
      'ledger',
      'server',
      'clock',
    ]);
  });

  test('names what is amiss and changes nothing', async () => {
    const env = { PORT: 'x', COUNTERSIGN_URL: 'http://127.0.0.1:1', DATA_DIR: join(dir, 'nowhere') };
    const { code, out } = await cli(['doctor'], env);
    expect(code).toBe(1);
    expect(out).toMatch(/failed +configuration +.*PORT: must be a whole number/);
    expect(out).toMatch(/failed +server +nothing answers at http:\/\/127\.0\.0\.1:1/);
    expect(
      await cli(['doctor'], { DATA_DIR: join(dir, 'nowhere'), POLICY_PATH: '/none.yaml' }),
    ).toMatchObject({
      code: 1,
      out: expect.stringMatching(/failed +policy +there is no policy at \/none\.yaml/),
    });
  });
});

describe('without a server', () => {
  test('policy validate and explain', async () => {
    expect(await cli(['policy', 'validate'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/is valid: \d+ actions, sha256:/),
    });
    const explained = await cli(['policy', 'explain', 'deploy.production']);
    expect(explained).toMatchObject({
      code: 0,
      out: expect.stringMatching(/stage 1: +approval: 2 of sre: bob, carol/),
    });
    expect(await cli(['policy', 'explain', 'nothing.known'])).toMatchObject({ code: 15 });
    expect(await cli(['policy', 'validate', '/none.yaml'])).toMatchObject({ code: 1 });
  });

  test('version and completion', async () => {
    expect((await cli(['version', '-o', 'json'])).out).toContain(`"node": "${process.versions.node}"`);
    for (const shell of ['bash', 'zsh', 'fish']) {
      expect(await cli(['completion', shell])).toMatchObject({
        code: 0,
        out: expect.stringContaining('break-glass'),
      });
    }
  });

  test('a token needs something to sign with', async () => {
    expect(await cli(['token', 'x'], { DATA_DIR: join(dir, 'nowhere') })).toMatchObject({ code: 1, out: '' });
    expect(await cli(['token', 'x', '--role', 'king'], { JWT_SECRET })).toMatchObject({ code: 2 });
  });
});
