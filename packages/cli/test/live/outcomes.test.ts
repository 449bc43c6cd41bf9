import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exitCodeOfStatus } from '../../src/exit-codes.ts';
import { cli, type Ended, post, removeDir, type Server, serve, start, tempDir, until } from './support.ts';

let server: Server;
const dir = tempDir();
beforeAll(async () => {
  server = await serve(dir);
});
afterAll(async () => {
  await server.stop();
  removeDir(dir);
});

const as = (who: string, ...args: string[]): Promise<Ended> => cli([...args, '--as', who], server.env);

const ask = (action: string, params: object = {}) =>
  post<{ requestId: string; token: string }>(server, 'ci', '/api/guard/request', { action, params });
const decide = (who: string, id: string, decided: object) =>
  post(server, who, `/api/approvals/${id}/decide`, decided);

/** Starts a command that waits, and gives the id of what it asked for. */
async function asking(...args: string[]) {
  const running = start([...args], { ...server.env, COUNTERSIGN_TOKEN: tokenOf('ci') });
  await until(() => /request ([0-9a-f-]{36})/.test(running.text.err));
  const [, id = ''] = /request ([0-9a-f-]{36})/.exec(running.text.err) ?? [];
  return { ...running, id };
}

function tokenOf(name: string): string {
  return JSON.parse(readFileSync(join(dir, 'dev-tokens.json'), 'utf8')).tokens[name];
}

const inner = (script: string) => ['--', process.execPath, '-e', script];

describe('how waiting ends', () => {
  test('0 approved', async () => {
    const { requestId, token } = await ask('smoke.deny');
    const waiting = start(['wait', token], server.env);
    await until(() => waiting.text.err.includes('pending: approval: sre 0/1'));
    expect((await as('bob', 'approve', requestId, '-n', 'fine')).code).toBe(0);
    const { code, out, err } = await waiting.ended;
    expect([code, err]).toEqual([0, expect.stringContaining('approved: approval: sre 1/1')]);
    expect(out).toMatch(/decided: +approved by bob at /);
  });

  test('10 denied, with who and why', async () => {
    const { requestId, token } = await ask('smoke.deny');
    expect((await as('carol', 'deny', requestId, '--note', 'not today')).code).toBe(0);
    const { code, out } = await cli(['wait', token, '-o', 'json'], server.env);
    expect(code).toBe(10);
    expect(JSON.parse(out)).toMatchObject({ status: 'denied', decision: { by: 'carol', note: 'not today' } });
  });

  test('11 expired', async () => {
    const { code } = await as('ci', 'request', 'smoke.expire', '--wait');
    expect(code).toBe(11);
  });

  test('12 cancelled, waited for by id', async () => {
    const { requestId } = await ask('smoke.deny');
    const waiting = as('ci', 'wait', requestId);
    expect((await as('ci', 'cancel', requestId, '--reason', 'changed my mind')).code).toBe(0);
    expect((await waiting).code).toBe(12);
  });

  test('13 dispatch failed', () => {
    expect(exitCodeOfStatus('dispatch_failed')).toBe(13);
  });

  test('14 still pending, by token and by id', async () => {
    const { requestId, token } = await ask('smoke.deny');
    expect(await cli(['wait', token, '--timeout', '200ms', '-o', 'json'], server.env)).toMatchObject({
      code: 14,
    });
    expect(await as('ci', 'wait', requestId, '--timeout', '200ms')).toMatchObject({ code: 14 });
  });

  test('15 refused by the policy', async () => {
    const { code, out, err } = await as('ci', 'request', 'no.such.action');
    expect([code, out]).toEqual([15, '']);
    expect(err).toMatch(/^countersign: .*no\.such\.action.* \(unknown_action, 422\)\n$/);
  });

  test('15 asked again too soon, whether or not the denied one is named', async () => {
    const params = ['-p', 'migration=again'];
    const { requestId } = await ask('db.migrate', { migration: 'again' });
    await decide('bob', requestId, { status: 'rejected' });
    const again = await as('ci', 'request', 'db.migrate', ...params);
    expect(again).toMatchObject({ code: 15, err: expect.stringContaining('cooldown') });
    expect(await as('ci', 'request', 'db.migrate', ...params, '--previous', requestId)).toMatchObject({
      code: 15,
    });
  });

  test('77 not authorised', async () => {
    const { requestId } = await ask('smoke.deny');
    expect(await as('dan', 'approve', requestId)).toMatchObject({
      code: 77,
      err: expect.stringContaining('not_on_slate'),
    });
    expect(await as('ci', 'approve', requestId)).toMatchObject({ code: 77 });
    expect(await cli(['list'], server.env)).toMatchObject({
      code: 77,
      err: expect.stringContaining('no token'),
    });
    expect(await cli(['list', '--token', 'nonsense'], server.env)).toMatchObject({ code: 77 });
  });

  test('2 wrong usage, said on stderr only', async () => {
    for (const args of [
      ['wait'],
      ['approve', 'x', '--nope'],
      ['run', '--', 'true'],
      ['nonsense'],
      ['list', '-o', 'xml'],
      ['list', '--as', 'mallory'],
    ]) {
      expect([args, await cli(args, server.env)]).toEqual([
        args,
        { code: 2, out: '', err: expect.stringMatching(/\S/) },
      ]);
    }
  });

  test('1 nothing there', async () => {
    const { code, err } = await as('alice', 'show', '00000000-0000-4000-8000-000000000000');
    expect([code, err]).toEqual([1, expect.stringContaining('not_found')]);
  });

  test('130 interrupted, and the request lives on', async () => {
    const waiting = await asking('request', 'smoke.deny', '--wait');
    await until(() => waiting.text.err.includes('sre 0/1'));
    waiting.process.kill('SIGINT');
    expect(await waiting.ended).toMatchObject({
      code: 130,
      err: expect.stringContaining('the request lives on'),
    });
    const { out } = await as('ci', 'show', waiting.id, '-o', 'json');
    expect(JSON.parse(out)).toMatchObject({ status: 'pending' });
  });
});

describe('run', () => {
  test('passes the exit code of the command on, and gives it the approved parameters', async () => {
    const script =
      'console.log(process.env.COUNTERSIGN_PARAMS, process.env.COUNTERSIGN_REQUEST_ID); process.exit(7)';
    const running = await asking(
      'run',
      '--action',
      'smoke.deny',
      '-p',
      'a=1',
      '-p',
      'b:=[2]',
      ...inner(script),
    );
    await decide('bob', running.id, { status: 'approved' });
    const { code, out } = await running.ended;
    expect(code).toBe(7);
    expect(out.trim()).toBe(`{"a":"1","b":[2]} ${running.id}`);
  });

  test('gives it what an approver edited', async () => {
    const asked = ['-p', 'migration=m1', '-p', 'batchSize:=1000'];
    const running = await asking(
      'run',
      '--action',
      'db.migrate',
      ...asked,
      ...inner('console.log(process.env.COUNTERSIGN_PARAMS)'),
    );
    expect(await as('bob', 'approve', running.id, '--override', 'batchSize:=50')).toMatchObject({ code: 0 });
    await decide('dan', running.id, { status: 'approved' });
    expect(await as('alice', 'approve', running.id, '--stage', 'owner')).toMatchObject({ code: 0 });
    const { code, out } = await running.ended;
    expect([code, JSON.parse(out)]).toEqual([0, { migration: 'm1', batchSize: 50 }]);
  });

  test('runs at once what needs nobody', async () => {
    const { code, out } = await cli(
      ['run', '--action', 'report.daily', '--as', 'ci', ...inner('console.log("ran")')],
      server.env,
    );
    expect([code, out]).toEqual([0, 'ran\n']);
  });

  test.each([
    ['denied', 10, (id: string) => decide('bob', id, { status: 'rejected' })],
    ['cancelled', 12, (id: string) => post(server, 'ci', `/api/approvals/${id}/cancel`)],
  ])('never when %s', async (_name, expected, act) => {
    const mark = join(dir, `ran-${expected}`);
    const running = await asking(
      'run',
      '--action',
      'smoke.deny',
      ...inner(`require("fs").writeFileSync(${JSON.stringify(mark)}, "")`),
    );
    await act(running.id);
    const { code, out, err } = await running.ended;
    expect([code, out]).toEqual([expected, '']);
    expect(err).toContain('not run: ');
    expect(existsSync(mark)).toBe(false);
  });

  test('never when nobody decides in time', async () => {
    const mark = join(dir, 'ran-14');
    const args = ['run', '--action', 'smoke.deny', '--as', 'ci', '--timeout', '300ms'];
    const { code } = await cli(
      [...args, ...inner(`require("fs").writeFileSync(${JSON.stringify(mark)}, "")`)],
      server.env,
    );
    expect([code, existsSync(mark)]).toEqual([14, false]);
  });

  test('127 when there is no such command', async () => {
    const { code, err } = await cli(
      ['run', '--action', 'report.daily', '--as', 'ci', '--', '/no/such/command'],
      server.env,
    );
    expect([code, err]).toEqual([
      127,
      expect.stringContaining('approved, but /no/such/command could not be run'),
    ]);
  });

  test('hands signals on to the command', async () => {
    const script =
      'process.on("SIGTERM", () => { console.log("told"); process.exit(3); }); console.log("up"); setInterval(() => {}, 1000)';
    const running = start(['run', '--action', 'report.daily', '--as', 'ci', ...inner(script)], server.env);
    await until(() => running.text.out.includes('up'));
    running.process.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 3, out: 'up\ntold\n' });
  });

  test('a command that a signal ends is told as a shell would', async () => {
    const script = 'process.kill(process.pid, "SIGKILL")';
    const { code } = await cli(
      ['run', '--action', 'report.daily', '--as', 'ci', ...inner(script)],
      server.env,
    );
    expect(code).toBe(137);
  });
});

describe('people and their tools', () => {
  test('acknowledging, taking it back, and what is refused meanwhile', async () => {
    const asked = await as('ci', 'request', 'deploy.production', '-p', 'version=1', '-j', 'release');
    expect([asked.code, asked.err]).toEqual([0, '']);
    const [, requestId = ''] = /request: +(\S+)/.exec(asked.out) ?? [];
    expect(await as('bob', 'approve', requestId)).toMatchObject({
      code: 1,
      err: expect.stringContaining('personas_pending'),
    });
    expect((await as('bob', 'ack', requestId, 'on-call')).out).toMatch(/status: +pending/);
    expect((await as('bob', 'ack', requestId, 'on-call', '--withdraw')).out).toMatch(
      /status: +awaiting_personas/,
    );
    const { out } = await as('alice', 'show', requestId, '--events');
    expect(out).toMatch(/why: +release/);
    expect(out).toMatch(/PersonaAcknowledged +bob +api/);
    expect(out).toMatch(/PersonaAcknowledgementWithdrawn/);
  });

  test('breaking the glass needs one decision and a reason', async () => {
    const { requestId } = await ask('deploy.production');
    const reason = ['--reason', 'site down, nobody reachable'];
    expect(await as('alice', 'break-glass', requestId, ...reason)).toMatchObject({ code: 2 });
    expect(await as('bob', 'break-glass', requestId, '--approve', ...reason)).toMatchObject({ code: 77 });
    const { code, out } = await as('alice', 'break-glass', requestId, '--approve', ...reason);
    expect([code, out]).toEqual([0, expect.stringMatching(/broken glass: +alice: site down/)]);
  });

  test('list, filtered; whoami; the same idempotency key is the same request', async () => {
    const twice = [0, 1].map(() =>
      as('ci', 'request', 'smoke.deny', '--idempotency-key', 'k-1', '-o', 'json'),
    );
    const [requestId, again] = (await Promise.all(twice)).map(({ out }) => JSON.parse(out).requestId);
    expect(again).toBe(requestId);
    const { out } = await as(
      'bob',
      'list',
      '--waiting-on-me',
      '--since',
      '1h',
      '--action',
      'smoke.deny',
      '-o',
      'json',
    );
    const page = JSON.parse(out) as { items: { approvalId: string; status: string }[] };
    expect(page.items.map(({ approvalId }) => approvalId)).toContain(requestId);
    expect((await as('bob', 'whoami', '-o', 'json')).out).toContain('"sre"');
  });

  test('minted tokens call as whom they say', async () => {
    const { out } = await cli(['token', 'zoe', '--role', 'auditor', '--tenant', 'acme'], { DATA_DIR: dir });
    const me = await cli(['whoami', '-o', 'json'], { ...server.env, COUNTERSIGN_TOKEN: out.trim() });
    expect(JSON.parse(me.out)).toMatchObject({ person: 'acme/zoe', roles: ['auditor'], kind: 'human' });
  });

  test('smoke finds its people beside a development server', async () => {
    expect(await cli(['smoke', '--scenarios=deny'], server.env)).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^smoke: all \d+ checks passed\n$/),
    });
  });

  test('views are listed, and rebuilt while the server runs', async () => {
    const { out } = await cli(['projections', 'list', '-o', 'json'], server.env);
    expect(JSON.parse(out).map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['requests', 'audit', 'statistics', 'metrics', 'deadlines']),
    );
    expect(await cli(['projections', 'rebuild', 'requests'], server.env)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/state: +running/),
    });
    expect(await cli(['projections', 'status', 'nonsense'], server.env)).toMatchObject({ code: 2 });
    expect(await cli(['projections', 'list', '--admin-token', 'wrong'], server.env)).toMatchObject({
      code: 77,
    });
  });
});
