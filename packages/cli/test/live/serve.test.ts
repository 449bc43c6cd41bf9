import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  cli,
  copyPolicy,
  type Ended,
  type Env,
  post,
  removeDir,
  type Server,
  serve,
  start,
  tempDir,
  until,
} from './support.ts';

const SECRET = 'an-example-of-a-secret-of-enough-characters';
const OPEN = { action: 'smoke.deny', params: {} };
const OTHER = 'another-example-of-a-secret-that-is-long';

let dir: string;
let running: Server | undefined;
beforeEach(() => {
  dir = tempDir();
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  removeDir(dir);
});

async function serving(env: Env = {}): Promise<Server> {
  running = await serve(dir, env);
  return running;
}

/** A start that must fail: its exit code and what it says. */
function refusing(env: Env): Promise<Ended> {
  return cli(['serve'], { DATA_DIR: dir, STORE: `sqlite:${join(dir, 'ledger.db')}`, PORT: '0', ...env });
}

describe('development', () => {
  const hasCurl =
    spawnSync('curl', ['--version']).status === 0 && spawnSync('bash', ['--version']).status === 0;
  (hasCurl ? test : test.skip)(
    'what it prints leads from asked to approved by pasting (needs bash and curl)',
    async () => {
      const { text } = await serving();
      await until(() => text.err.includes('/events'));
      const commands = text.err.slice(text.err.indexOf('ANSWER='));
      const pasted = execFileSync('bash', ['-euo', 'pipefail', '-c', commands], { encoding: 'utf8' });
      expect(pasted.includes('"status":"awaiting_personas"')).toBe(true);
      expect(/event: state\n(id: .*\n)?data: \{.*"status":"approved"/.test(pasted)).toBe(true);
      expect(pasted.includes('"type":"RequestApproved"')).toBe(true);
    },
  );

  test('leaves its tokens to their owner, on loopback, and takes them with it', async () => {
    const first = await serving();
    const file = join(dir, 'dev-tokens.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(dir, 'secrets.key')).mode & 0o777).toBe(0o600);
    const left = JSON.parse(readFileSync(file, 'utf8'));
    expect(left.url).toBe(first.url);
    expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(Object.keys(left.tokens)).toEqual(['ci', 'alice', 'bob', 'carol', 'dan', 'erin', 'auditor']);
    const { token } = await post<{ token: string }>(first, 'ci', '/api/guard/request', OPEN);
    expect((await first.stop()).code).toBe(0);
    expect(existsSync(file)).toBe(false);

    // Another secret at each start, so that tokens end with it; wait tokens outlive it.
    const second = await serving();
    const headers = { authorization: `Bearer ${left.tokens.alice}` };
    expect((await fetch(`${second.url}/api/whoami`, { headers })).status).toBe(401);
    expect((await fetch(`${second.url}/api/guard/wait?timeoutSec=0&token=${token}`)).status).toBe(200);
  });

  test('never listens beyond loopback', async () => {
    expect(await refusing({ HOST: '0.0.0.0' })).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('HOST: a development server hands out tokens'),
    });
  });
});

describe('with secrets of its own', () => {
  test('there are no ready-made tokens, and no secret is printed', async () => {
    writeFileSync(join(dir, 'dev-tokens.json'), 'left behind by a development server that was killed');
    const secrets = {
      JWT_SECRET: SECRET,
      ADMIN_TOKEN: OTHER,
      METRICS_TOKEN: `${OTHER}-m`,
      SECRETS_KEY: `${SECRET}-k`,
    };
    const server = await serving({ ...secrets, LOG_LEVEL: 'trace' });
    expect(existsSync(join(dir, 'dev-tokens.json'))).toBe(false);
    const { out } = await cli(['token', 'bob', '--role', 'approver'], { JWT_SECRET: SECRET });
    expect(await cli(['whoami', '--token', out.trim()], server.env)).toMatchObject({ code: 0 });
    const { code, out: logs, err } = await server.stop();
    expect(code).toBe(0);
    for (const secret of [...Object.values(secrets), out.trim()])
      expect(`${logs}${err}`).not.toContain(secret);
    expect(err).not.toMatch(/eyJ|curl/);
  });

  test('production starts with what it needs, Slack being part of it, and without a simulator', async () => {
    const slack = { SLACK_BOT_TOKEN: 'xoxb-0123', SLACK_SIGNING_SECRET: OTHER };
    const env = { NODE_ENV: 'production', JWT_SECRET: SECRET, SECRETS_KEY: OTHER, HOST: '127.0.0.1' };
    expect(await refusing(env)).toMatchObject({ code: 1, err: expect.stringContaining('SLACK=off') });
    const server = await serving({ ...env, ...slack });
    expect(server.text.err).toContain('(production)');
    expect(server.text.err).toContain('slack   over HTTP, at /slack/events');
    expect((await fetch(`${server.url}/slack/events`, { method: 'POST' })).status).toBe(401);
  });
});

describe('what cannot start says why, in one go', () => {
  test('every wrong variable', async () => {
    const { code, out, err } = await refusing({ PORT: 'x', STORE_BACKEND: 'memory', TLS_CERT_FILE: '/c' });
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe(
      'countersign: the configuration has 3 errors\n' +
        '  PORT: must be a whole number 0 to 65535, not "x"\n' +
        '  STORE_BACKEND: is no longer read; STORE (sqlite:<file> or esdb://…) replaced it\n' +
        '  TLS_KEY_FILE: is missing beside TLS_CERT_FILE\n',
    );
  });

  test('a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await until(() => other.listening);
    const { port } = other.address() as AddressInfo;
    const { code, err } = await refusing({ PORT: String(port) });
    other.close();
    expect([code, err]).toEqual([
      1,
      `countersign: 127.0.0.1:${port} is in use by another program; choose another PORT\n`,
    ]);
    expect(existsSync(join(dir, 'dev-tokens.json'))).toBe(false);
  });

  test('a policy that is not there, or has errors', async () => {
    expect((await refusing({ POLICY_PATH: join(dir, 'none.yaml') })).err).toBe(
      `countersign: there is no policy at ${join(dir, 'none.yaml')}; POLICY_PATH says where it is\n`,
    );
    const file = copyPolicy(dir);
    writeFileSync(file, readFileSync(file, 'utf8').replace('minApprovals: 2', 'minAprovals: 2'));
    const { code, err } = await refusing({ POLICY_PATH: file });
    expect(code).toBe(1);
    expect(err).toMatch(/policy\.yaml:\d+:\d+: actions\.deploy\.production.*minAprovals/);
    expect(existsSync(join(dir, 'ledger.db'))).toBe(false);
  });

  test('a file that is no ledger', async () => {
    writeFileSync(
      join(dir, 'ledger.db'),
      'this is a text and no database, but long enough to be looked at. '.repeat(20),
    );
    const { code, err } = await refusing({});
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^countersign: the ledger cannot be opened \(STORE\): .*not an SQLite file.*\n$/),
    ]);
  });

  test('a folder for views that cannot be had', async () => {
    const file = join(dir, 'file');
    writeFileSync(file, '');
    const { code, err } = await refusing({ DATA_DIR: file, JWT_SECRET: SECRET, SECRETS_KEY: OTHER });
    expect([code, err]).toEqual([1, expect.stringMatching(/^countersign: DATA_DIR: ENOTDIR.*file.*\n$/)]);
  });

  test('keys that cannot be read', async () => {
    const { code, err } = await refusing({ API_KEYS_FILE: join(dir, 'keys.yaml') });
    expect([code, err]).toEqual([1, expect.stringMatching(/^countersign: API_KEYS_FILE: ENOENT.*\n$/)]);
  });
});

describe('signals', () => {
  test('SIGHUP and the route reload the policy; a bad file leaves it in force', async () => {
    const file = copyPolicy(dir);
    const server = await serving({ POLICY_PATH: file });
    const inForce = async () =>
      ((await (await fetch(`${server.url}/readyz`)).json()) as { policy: { hash: string } }).policy.hash;
    const first = await inForce();
    const text = readFileSync(file, 'utf8');

    writeFileSync(file, text.replace('minApprovals: 2', 'minApprovals: 1'));
    server.process.kill('SIGHUP');
    await until(async () => (await inForce()) !== first);
    const second = await inForce();

    writeFileSync(file, `${text}\nnonsense: [`);
    server.process.kill('SIGHUP');
    await until(() => server.text.out.includes('the policy has errors; the one in force stays'));
    expect(await cli(['policy', 'reload'], server.env)).toMatchObject({
      code: 1,
      err: expect.stringContaining('policy_invalid'),
    });
    expect(await inForce()).toBe(second);

    writeFileSync(file, text);
    expect(await cli(['policy', 'reload', '-o', 'json'], server.env)).toMatchObject({
      code: 0,
      out: expect.stringContaining('"changed": true'),
    });
    expect(await inForce()).toBe(first);
  });

  test('SIGINT, as SIGTERM, ends streams and long polls, and the exit code is 0', async () => {
    const server = await serving();
    const { token } = await post<{ token: string }>(server, 'ci', '/api/guard/request', OPEN);
    const poll = fetch(`${server.url}/api/guard/wait?token=${token}&timeoutSec=60`);
    const stream = await fetch(`${server.url}/api/guard/wait-sse?token=${token}`);
    await stream.body?.getReader().read();
    await fetch(`${server.url}/healthz`);
    const began = Date.now();
    server.process.kill('SIGINT');
    expect([200, 503]).toContain((await poll).status);
    expect((await server.ended).code).toBe(0);
    expect(Date.now() - began).toBeLessThan(5000);
  });
});

test('run goes on over a server that is killed and comes back', async () => {
  const first = await serving();
  const { port } = new URL(first.url);
  const script = ['--', process.execPath, '-e', 'console.log("ran")'];
  const run = start(['run', '--action', 'smoke.deny', '--as', 'ci', ...script], first.env);
  await until(() => run.text.err.includes('sre 0/1'));
  const [, id = ''] = /request ([0-9a-f-]{36})/.exec(run.text.err) ?? [];
  first.process.kill('SIGKILL');
  await first.ended;
  await until(() => run.text.err.includes('lost the server'));
  const second = await serving({ PORT: port });
  expect(await cli(['approve', id, '--as', 'bob'], second.env)).toMatchObject({ code: 0 });
  expect(await run.ended).toMatchObject({ code: 0, out: 'ran\n' });
});
