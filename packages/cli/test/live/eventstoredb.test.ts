import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Double, startDouble } from '../../../event-store/test/eventstoredb/double/server.ts';
import { cli, type Env, removeDir, type Server, serve, start, tempDir, until } from './support.ts';

const JWT_SECRET = 'an-example-of-a-secret-of-enough-characters';
const dir = tempDir();
let ledger: Double;
let server: Server;
let caller: Env;

beforeAll(async () => {
  ledger = await startDouble({ started: false });
  const STORE = ledger.connectionString;
  server = await serve(dir, {
    STORE,
    KEYSTORE: `sqlite:${join(dir, 'keys.db')}`,
    JWT_SECRET,
    SECRETS_KEY: `${JWT_SECRET}-for-wait-tokens`,
  });
  const ci = await cli(['token', 'ci', '--kind', 'machine'], { JWT_SECRET });
  caller = { ...server.env, JWT_SECRET, COUNTERSIGN_TOKEN: ci.out.trim() };
});
afterAll(async () => {
  server.process.kill('SIGKILL');
  await server.ended;
  await ledger.stop();
  removeDir(dir);
});

const ready = async () => (await fetch(`${server.url}/readyz`)).status;

const ask = (action: string) =>
  fetch(`${server.url}/api/guard/request`, {
    method: 'POST',
    headers: { authorization: `Bearer ${caller.COUNTERSIGN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ action, params: {} }),
  });

const pending = async () => {
  const headers = { authorization: `Bearer ${caller.COUNTERSIGN_TOKEN}` };
  const answer = await fetch(`${server.url}/api/approvals?status=pending`, { headers });
  return ((await answer.json()) as { data: { total: number } }).data.total;
};

test('without its ledger the server is alive, not ready, and says so to whoever asks', async () => {
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  expect(await ready()).toBe(503);
  expect(server.text.err).toContain('in force: none yet: the ledger has not been reached');
  const asked = await ask('report.x');
  expect(asked.status).toBe(503);
  expect(await asked.json()).toMatchObject({ code: 'store_unavailable' });
});

test('once the ledger can be reached, everything begins by itself', async () => {
  await ledger.start();
  await until(async () => (await ready()) === 200);
  const { code, out } = await cli(['request', 'report.daily', '--wait'], caller);
  expect([code, out]).toEqual([0, expect.stringMatching(/status: +approved/)]);
});

test('whole requests go their way on it: decided, expired, listed, counted', async () => {
  const { code, out, err } = await cli(['smoke'], { ...server.env, JWT_SECRET });
  expect([code, out, err]).toEqual([0, expect.not.stringContaining('FAILED'), expect.any(String)]);
}, 60_000);

test('a ledger that goes away and returns interrupts nobody who waits', async () => {
  const waiting = start(['request', 'smoke.deny', '--wait'], caller);
  await until(() => waiting.text.err.includes('sre 0/1'));
  const [, id = ''] = /request ([0-9a-f-]{36})/.exec(waiting.text.err) ?? [];
  await until(async () => (await pending()) === 1);
  await ledger.stop();
  await until(async () => (await ready()) === 503);
  const asked = await ask('smoke.deny');
  expect([asked.status, await asked.json()]).toEqual([
    503,
    expect.objectContaining({ code: expect.stringMatching(/^(store_unavailable|outcome_unknown)$/) }),
  ]);
  // The views are the server's own and go on answering.
  expect(await pending()).toBe(1);
  await ledger.start();
  await until(async () => (await ready()) === 200);
  const bob = await cli(['token', 'bob', '--role', 'approver'], { JWT_SECRET });
  const approved = await cli(['approve', id], { ...caller, COUNTERSIGN_TOKEN: bob.out.trim() });
  expect(approved).toMatchObject({ code: 0, out: expect.stringMatching(/status: +approved/) });
  expect((await waiting.ended).code).toBe(0);
  await until(async () => (await pending()) === 0);
});

test('it stops when told, with its ledger or without', async () => {
  await ledger.stop();
  expect((await server.stop()).code).toBe(0);
});
