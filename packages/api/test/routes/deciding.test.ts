import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

async function ask(action: string, params: object = {}, as = 'rita') {
  const asked = await world.call('POST', '/api/guard/request', { as, body: { action, params } });
  expect(asked.status).toBe(201);
  const at = `/api/approvals/${asked.body.requestId}`;
  return {
    ...asked.body,
    at,
    decide: (who: string, body: object, headers = {}) =>
      world.call('POST', `${at}/decide`, { as: who, body, headers }),
  };
}

describe('a decision', () => {
  test('by one of two leaves the request open, and a repeat changes nothing', async () => {
    const request = await ask('deploy.two');
    const first = await request.decide('bob', { status: 'approved' });
    expect(first.body.data).toMatchObject({ changed: true, status: 'pending', decision: null });
    const repeat = await request.decide('bob', { status: 'approved' });
    expect(repeat.body.data).toMatchObject({ changed: false, revision: first.body.data.revision });
    const second = await request.decide('carol', { status: 'approved' });
    expect(second.body.data.approval_status).toBe('approved');
    const late = await request.decide('carol', { status: 'rejected' });
    expect(late.body).toMatchObject({ code: 'already_decided', outcome: 'approved', by: 'carol' });
    expect(Date.parse(late.body.at)).not.toBeNaN();
  });

  test.each(['rejected', 'denied'])('can be worded %s', async (status) => {
    const request = await ask('deploy');
    const denied = await request.decide('bob', { status, note: 'not on a Friday' });
    expect(denied.body.data).toMatchObject({
      status: 'rejected',
      approval_status: 'rejected',
      approver_id: 'bob',
      approval_note: 'not on a Friday',
      decision: { outcome: 'denied', by: 'bob', note: 'not on a Friday' },
    });
    const waited = await world.call('GET', `/api/guard/wait?token=${request.token}`);
    expect(waited.body.status).toBe('denied');
  });

  test('insists on the revision of If-Match, and answers with the new one', async () => {
    const request = await ask('deploy.two');
    const shown = await world.call('GET', request.at, { as: 'bob' });
    expect(shown.headers.get('etag')).toBe('"0"');
    const first = await request.decide('bob', { status: 'approved' }, { 'if-match': '"0"' });
    expect(first.headers.get('etag')).toBe('"1"');
    const stale = await request.decide('carol', { status: 'approved' }, { 'if-match': '"0"' });
    expect(stale.body).toMatchObject({ status: 412, code: 'stale_revision', revision: 1 });
  });

  test('of forty at once counts every person once', async () => {
    const request = await ask('deploy.two');
    const clicks = Array.from({ length: 40 }, (_, n) =>
      request.decide(n % 2 ? 'bob' : 'carol', { status: 'approved' }),
    );
    const answers = await Promise.all(clicks);
    expect(answers.filter(({ body }) => body.data?.changed).length).toBe(2);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const events = (await world.events()).filter(({ stream }) => stream.endsWith(request.requestId));
    expect(events.map(({ type }) => type)).toEqual([
      'ApprovalRequested',
      'ApprovalGranted',
      'ApprovalGranted',
      'StageCompleted',
      'RequestApproved',
    ]);
  });
});

describe('an edit', () => {
  const params = { batchSize: 10, window: 'night', connection: { host: 'db1', password: 'hunter2' } };

  test('of what is allowed is a new plan, and only its hash is good from then on', async () => {
    const request = await ask('migrate', params);
    const edited = await request.decide('bob', {
      status: 'approved',
      paramsHash: request.paramsHash,
      overrides: { batchSize: 20 },
    });
    expect(edited.body.data).toMatchObject({ status: 'approved', planRevision: 1 });
    expect(edited.body.data.params.batchSize).toBe(20);
    expect(edited.body.data.plan_hash).not.toBe(request.paramsHash);
    expect(edited.text).not.toContain('hunter2');
  });

  test.each([
    [{ connection: {} }, 'override_key_forbidden'],
    [{ batchSize: 100_000 }, 'override_schema_validation'],
    [{ window: 'x'.repeat(600) }, 'override_diff_size_exceeded'],
    [{ a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 }, 'override_limit_exceeded'],
    [{ window: { $hmac: 'x' } }, 'reserved_member'],
  ])('%j is refused as %s', async (overrides, code) => {
    const request = await ask('migrate', params);
    const refused = await request.decide('bob', { status: 'approved', overrides });
    expect([refused.status, refused.body.code]).toEqual([422, code]);
    const shown = await world.call('GET', request.at, { as: 'bob' });
    expect(shown.body.data).toMatchObject({ revision: 0, planRevision: 0, status: 'pending' });
  });
});

describe('a broken glass', () => {
  const reason = 'Slack is down and the site with it';

  test('decides at once, stands out, and is reviewed by another', async () => {
    const request = await ask('deploy.seen');
    const forced = await world.call('POST', `${request.at}/break-glass`, {
      as: 'alice',
      body: { status: 'approved', reason },
    });
    expect(forced.body.data).toMatchObject({
      status: 'approved',
      approver_id: 'alice',
      breakGlass: { by: 'alice', status: 'approved', reason, review: null },
    });
    const own = await world.call('POST', `${request.at}/break-glass/review`, { as: 'alice' });
    expect(own.body.code).toBe('break_glass_own_review');
    const reviewed = await world.call('POST', `${request.at}/break-glass/review`, {
      as: 'zoe',
      body: { note: 'fine' },
    });
    expect(reviewed.body.data.breakGlass.review).toMatchObject({ by: 'zoe', note: 'fine' });
    const events = await world.call('GET', `${request.at}/events`, { as: 'zoe' });
    expect(events.body.data.items.map((item: { type: string }) => item.type)).toEqual([
      'ApprovalRequested',
      'BreakGlassInvoked',
      'RequestApproved',
      'UnauthorizedAttempted',
      'BreakGlassReviewed',
    ]);
  });

  test('is never for the own request', async () => {
    const request = await ask('deploy', {}, 'alice');
    const forced = await world.call('POST', `${request.at}/break-glass`, {
      as: 'alice',
      body: { status: 'rejected', reason },
    });
    expect(forced.body.code).toBe('self_approval');
  });
});

test('a persona can be taken back only by who gave it', async () => {
  const request = await ask('deploy.seen');
  const ack = `${request.at}/personas/on-call/ack`;
  expect((await world.call('DELETE', ack, { as: 'bob' })).body.code).toBe('not_acknowledged');
  await world.call('POST', ack, { as: 'bob', body: {} });
  expect((await world.call('POST', ack, { as: 'bob' })).body.data.changed).toBe(false);
  expect((await world.call('DELETE', ack, { as: 'carol' })).body.code).toBe('not_acknowledger');
  expect((await world.call('POST', ack, { as: 'dan' })).body.code).toBe('not_on_slate');
  expect((await world.call('DELETE', ack, { as: 'bob', csrf: false })).body.code).toBe('csrf_header_missing');
  const taken = await world.call('DELETE', ack, { as: 'bob', headers: { 'if-match': '"1"' } });
  expect(taken.body.data.personas).toEqual([{ name: 'on-call' }, { name: 'security' }]);
});

test('a claimed group decides by its token', async () => {
  const request = await ask('claimed');
  const staff = { sub: 'sam', roles: ['approver'], groups: ['staff'] };
  const others = { ...staff, sub: 'oscar', groups: [] };
  const path = `${request.at}/decide`;
  const body = { status: 'approved' };
  expect((await world.call('POST', path, { as: others, body })).body.code).toBe('not_on_slate');
  expect((await world.call('POST', path, { as: staff, body })).body.data.status).toBe('approved');
});

test('an action that names nobody is decided by any admin', async () => {
  const request = await ask('unlisted');
  expect((await request.decide('ada', { status: 'approved' })).body.data.approver_id).toBe('ada');
});
