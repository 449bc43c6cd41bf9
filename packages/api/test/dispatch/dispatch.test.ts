import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../streams/world.ts';
import { type Outside, type Reaction, startOutside } from '../support/outside.ts';
import { PLANS } from '../support/plans.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let outside: Outside;
beforeAll(async () => {
  outside = await startOutside();
  world = await startWorld({ policy: PLANS, connectors: {} });
});
afterAll(async () => {
  await world.close();
  await outside.close();
});
afterEach(() => outside.reset());

const post = (path: string, as: string, body: object = {}, headers: Record<string, string> = {}) =>
  world.call('POST', path, { as, body, headers });
const show = async (id: string, as = 'ada') =>
  (await world.call('GET', `/api/approvals/${id}`, { as })).body.data;
const dispatch = (id: string, body: object = {}, as = 'ada') =>
  post(`/api/approvals/${id}/dispatch`, as, body);
const decide = (id: string, body: object = {}, as = 'bob') =>
  post(`/api/approvals/${id}/decide`, as, { status: 'approved', ...body });

/** Asked for by Rita; with `approved`, approved by Bob. */
async function asked(actionId: string, { approved = true, more = {} } = {}): Promise<string> {
  const payload = { hook: outside.url, name: 'blue', region: 'eu-1', ...more };
  const { body } = await post('/api/pj/execute', 'rita', { actionId, mode: 'execute', payload });
  if (approved) expect((await decide(body.approvalId)).status).toBe(200);
  return body.approvalId;
}

describe('dispatching', () => {
  test('carries out what was approved, and shows it everywhere', async () => {
    const id = await asked('env.move');
    const answer = await dispatch(id);
    expect([answer.status, answer.body.success]).toEqual([200, true]);
    const { data } = answer.body;
    expect(data).toMatchObject({
      approvalId: id,
      approval_status: 'dispatched',
      status: 'dispatched',
      approver_id: 'bob',
      changed: true,
      decision: { outcome: 'approved', by: 'bob' },
    });
    expect(data.dispatchResult).toMatchObject({
      dryRun: false,
      success: true,
      status: 'dispatched',
      dispatch: 1,
      by: 'ada',
      planHash: data.plan_hash,
      completedAt: data.dispatched_at,
      failure: null,
      steps: [
        { step: 0, connector: 'webhook', operation: 'post', status: 'succeeded', tries: 1 },
        { step: 1, status: 'succeeded', result: { status: 201, id: 2, url: 'http://outside/2' } },
      ],
    });
    expect(outside.calls.map(({ path }) => path)).toEqual(['/out', '/in']);
    expect(outside.calls.map(({ id: key }) => key)).toEqual(
      data.dispatchResult.steps.map(({ idempotencyKey }: { idempotencyKey: string }) => idempotencyKey),
    );

    const logged = world.log.map((line) => JSON.parse(line)).filter(({ requestId }) => requestId === id);
    const scopes = logged.map(({ scope }) => scope).filter((scope) => /^(approval|pj)\./.test(scope));
    expect(scopes).toEqual([
      'pj.execute.approval_created',
      ...['approval.granted', 'approval.stage_completed', 'approval.decided', 'approval.dispatch.started'],
      ...['approval.dispatch.step_started', 'approval.dispatch.step_succeeded'],
      ...['approval.dispatch.step_started', 'approval.dispatch.step_succeeded'],
      'approval.dispatch.completed',
    ]);
    for (const { correlationId } of logged) expect(correlationId).toEqual(expect.any(String));

    const shown = await show(id, 'rita');
    expect(JSON.parse(shown.dispatch_result_json)).toEqual(data.dispatchResult);
    expect(shown.steps).toEqual(data.dispatchResult.steps);
    expect(shown.dispatch).toMatchObject({ mode: 'manual', approvedPlanHash: shown.plan_hash });
    const listed = await world.call(
      'GET',
      `/api/approvals?status=dispatched&action=env.move&minPosition=${shown.position}`,
      { as: 'ada' },
    );
    const gate = ['plan', 'plan_hash', 'dispatched_at', 'dispatch_result_json', 'decision', 'approver_id'];
    const [row] = listed.body.data.items;
    for (const field of gate) expect([field, row[field]]).toEqual([field, shown[field]]);
    expect(row.status).toBe('dispatched');
  });

  test('is for admins, and refused by the rules', async () => {
    const pending = await asked('env.create', { approved: false });
    const rejected = await asked('env.create', { approved: false });
    await decide(rejected, { status: 'rejected' });
    const without = await post('/api/guard/request', 'rita', { action: 'plain', params: {} });
    const early = new Date(Date.now() + 600_000).toISOString();
    const later = await post('/api/pj/execute', 'rita', {
      ...{ actionId: 'env.create', mode: 'execute', notBefore: early },
      payload: { hook: outside.url, name: 'x', region: 'y' },
    });
    await decide(later.body.approvalId);
    const done = await asked('env.create');
    await dispatch(done);
    for (const [id, as, status, code] of [
      [pending, 'ada', 409, 'not_approved'],
      [rejected, 'ada', 409, 'not_approved'],
      [without.body.requestId, 'ada', 409, 'nothing_to_dispatch'],
      [later.body.approvalId, 'ada', 409, 'too_early'],
      [done, 'ada', 409, 'already_dispatched'],
      [done, 'bob', 403, 'role_missing'],
      ['no-such-request', 'ada', 404, 'not_found'],
    ] as const) {
      const answer = await dispatch(id, {}, as);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    }
    expect(outside.calls).toHaveLength(1);
    const csrf = await world.call('POST', `/api/approvals/${done}/dispatch`, { as: 'ada', csrf: false });
    expect([csrf.status, csrf.body.code]).toEqual([403, 'csrf_header_missing']);
    const body = await dispatch(done, { dryrun: true });
    expect([body.status, body.body.errors[0].pointer]).toEqual([400, '/dryrun']);
  });

  test('is won by one of many, and the others are told and counted', async () => {
    const id = await asked('env.create');
    const answers = await Promise.all(Array.from({ length: 16 }, () => dispatch(id)));
    const won = answers.filter(({ status }) => status === 200);
    const lost = answers.filter(({ status }) => status === 409);
    expect([won.length, lost.length]).toEqual([1, 15]);
    for (const { body } of lost) expect(['already_dispatching', 'already_dispatched']).toContain(body.code);
    expect(outside.calls).toHaveLength(1);
    const conflicts = world.log.filter((line) => line.includes('"consume_for_dispatch.conflict"'));
    expect(conflicts.filter((line) => line.includes(id))).toHaveLength(15);
    expect(JSON.parse(conflicts.at(-1) ?? '')).toMatchObject({
      ...{ command: 'StartDispatch', requestId: id, subject: 'ada' },
      correlationId: expect.any(String),
    });
  });

  test('is told of what the caller looked at', async () => {
    const id = await asked('env.create');
    const { plan_hash, revision } = await show(id);
    const stale = await dispatch(id, { planHash: `sha256:${'0'.repeat(64)}` });
    expect([stale.status, stale.body.code, stale.body.planHash]).toEqual([412, 'stale_plan', plan_hash]);
    const at = (n: number) =>
      post(`/api/approvals/${id}/dispatch`, 'ada', { planHash: plan_hash }, { 'if-match': `"${n}"` });
    expect((await at(revision - 1)).body.code).toBe('stale_revision');
    expect((await at(revision)).body.data.approval_status).toBe('dispatched');
  });

  test('answers before the end where nobody waits for it', async () => {
    let release = () => {};
    outside.next({ after: new Promise((resolve) => (release = resolve)) });
    const id = await asked('env.create');
    const { status, body } = await dispatch(id, { timeoutSec: 0 });
    expect([status, body.success, body.data.approval_status]).toEqual([202, true, 'dispatching']);
    expect(body.data.dispatchResult).toMatchObject({
      success: false,
      status: 'dispatching',
      completedAt: null,
    });
    const again = await dispatch(id);
    expect([again.status, again.body.code, again.body.by]).toEqual([409, 'already_dispatching', 'ada']);
    release();
    await until(async () => (await show(id)).status === 'dispatched', 'it ends by itself');
  });

  test('goes on when its caller has gone', async () => {
    let release = () => {};
    outside.next({ after: new Promise((resolve) => (release = resolve)) });
    const id = await asked('env.create');
    const gone = new AbortController();
    const left = fetch(`${world.url}/api/approvals/${id}/dispatch`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await world.call.token('ada')}`,
        'x-puddlejumper-request': 'true',
      },
      signal: gone.signal,
    });
    await until(() => outside.calls.length === 1, 'the step is being carried out');
    gone.abort();
    await expect(left).rejects.toThrow();
    release();
    await until(async () => (await show(id)).status === 'dispatched', 'it ends without anybody');
  });

  test('is answered when the server begins to shut down, as far as it has come', async () => {
    const closing = await startWorld({ policy: PLANS, connectors: {} });
    let release = () => {};
    outside.next({ after: new Promise((resolve) => (release = resolve)) });
    const payload = { hook: outside.url, name: 'x', region: 'y' };
    const body = { actionId: 'env.create', mode: 'execute', payload };
    const { approvalId } = (await closing.call('POST', '/api/pj/execute', { as: 'rita', body })).body;
    const at = `/api/approvals/${approvalId}`;
    await closing.call('POST', `${at}/decide`, { as: 'bob', body: { status: 'approved' } });
    const waiting = closing.call('POST', `${at}/dispatch`, { as: 'ada' });
    await until(() => outside.calls.length === 1, 'the step is being carried out');
    const closed = closing.close();
    const answer = await waiting;
    expect([answer.status, answer.body.data.approval_status]).toEqual([202, 'dispatching']);
    release();
    await closed;
  });

  test('that fails says why, and goes on at the failed step', async () => {
    outside.next({ status: 201 }, { status: 422 });
    const id = await asked('env.move');
    const failed = await dispatch(id);
    expect([failed.status, failed.body.success, failed.body.data.approval_status]).toEqual([
      200,
      false,
      'dispatch_failed',
    ]);
    expect(failed.body.data.dispatchResult.failure).toEqual({
      ...{ step: 1, error: 'the receiver answered 422', outcomeUnknown: false },
    });
    expect(failed.body.data.dispatched_at).toBeNull();
    const again = await dispatch(id);
    expect([again.status, again.body.data.approval_status]).toEqual([200, 'dispatched']);
    expect(again.body.data.dispatchResult.dispatch).toBe(2);
    expect(outside.calls.map(({ path }) => path)).toEqual(['/out', '/in', '/in']);
  });

  test('on approval begins by itself', async () => {
    const id = await asked('env.prompt');
    await until(async () => (await show(id)).status === 'dispatched', 'it is carried out');
    expect((await show(id)).dispatch.mode).toBe('on-approval');
    expect(outside.calls).toHaveLength(1);
  });

  test('has to begin while the approval is good', async () => {
    const id = await asked('env.brief');
    const before = await show(id);
    expect(before.status).toBe('approved');
    expect(Date.parse(before.dispatch.validUntil)).toBe(Date.parse(before.decision.at) + 60_000);
    world.advance(61_000);
    const { status, approval_status, decision, revision } = await show(id);
    expect([status, approval_status, decision.outcome]).toEqual(['expired', 'expired', 'approved']);
    expect(revision).toBe(before.revision);
    const late = await dispatch(id);
    expect([late.status, late.body.code, late.body.validUntil]).toEqual([
      409,
      'expired',
      before.dispatch.validUntil,
    ]);
    const { position } = await show(id);
    const listed = await world.call(
      'GET',
      `/api/approvals?status=expired&action=env.brief&minPosition=${position}`,
      { as: 'ada' },
    );
    expect(listed.body.data.items).toMatchObject([{ approvalId: id, decision: { outcome: 'approved' } }]);
  });
});

describe('a decision', () => {
  test('names the plan it is for', async () => {
    const id = await asked('env.create', { approved: false });
    const { plan_hash } = await show(id);
    const stale = await decide(id, { planHash: `sha256:${'0'.repeat(64)}` });
    expect([stale.status, stale.body.code]).toEqual([412, 'stale_plan']);
    const edited = await decide(id, { planHash: plan_hash, overrides: { region: 'us-2' } });
    expect(edited.body.data).toMatchObject({
      approval_status: 'approved',
      plan: [{ input: { body: { text: 'in us-2' } } }],
    });
    expect(edited.body.data.plan_hash).not.toBe(plan_hash);
    await dispatch(id);
    expect(outside.calls.map(({ body }) => body.text)).toEqual(['in us-2']);
  });
});

describe('a dry run of a dispatch', () => {
  test('tells what would be done, and does and records nothing', async () => {
    const id = await asked('env.move');
    const before = await world.events();
    const { status, body } = await dispatch(id, { dryRun: true });
    expect([status, body.success, body.data.approval_status, body.data.changed]).toEqual([
      200,
      true,
      'approved',
      false,
    ]);
    expect(body.data.dispatchResult).toMatchObject({
      dryRun: true,
      success: true,
      planHash: body.data.plan_hash,
      faults: [],
      steps: [
        { step: 0, isDone: false, summary: expect.stringContaining('/out'), faults: [] },
        { step: 1, isDone: false, summary: expect.stringContaining('/in'), faults: [] },
      ],
    });
    expect(outside.calls).toEqual([]);
    expect(await world.events()).toEqual(before);
  });

  test('knows what is done already, and keeps what is personal', async () => {
    outside.next({ status: 201 }, { status: 400 });
    const half = await asked('env.move');
    await dispatch(half);
    const { body } = await dispatch(half, { dryRun: true });
    expect(body.data.dispatchResult.steps.map(({ isDone }: { isDone: boolean }) => isDone)).toEqual([
      true,
      false,
    ]);
    const personal = await asked('env.private', { more: { name: 'Blue Velvet' } });
    const tried = await dispatch(personal, { dryRun: true });
    expect(JSON.stringify(tried.body.data.dispatchResult)).not.toContain('Velvet');
  });

  test('is for admins, and for what has a plan', async () => {
    const id = await asked('env.create');
    expect((await dispatch(id, { dryRun: true }, 'bob')).body.code).toBe('role_missing');
    const { body } = await post('/api/guard/request', 'rita', { action: 'plain', params: {} });
    expect((await dispatch(body.requestId, { dryRun: true })).body.code).toBe('nothing_to_dispatch');
    expect((await dispatch('nothing', { dryRun: true })).status).toBe(404);
  });
});

describe('a step whose outcome nobody knows', () => {
  const settle = (id: string, n: number | string, body: object, as = 'ada') =>
    post(`/api/approvals/${id}/steps/${n}/settle`, as, body);
  const lost = async () => {
    outside.next({ status: 201 }, { hangUp: true });
    const id = await asked('env.move');
    const { status, body } = await dispatch(id);
    expect([status, body.success, body.data.approval_status]).toEqual([200, false, 'dispatch_failed']);
    expect(body.data.dispatchResult.failure).toMatchObject({ step: 1, outcomeUnknown: true });
    expect(body.data.dispatchResult.steps[1].status).toBe('unknown');
    return id;
  };

  test('stops everything until a person settles it', async () => {
    const id = await lost();
    const blocked = await dispatch(id);
    expect([blocked.status, blocked.body.code, blocked.body.step]).toEqual([409, 'step_outcome_unknown', 1]);
    const settled = await settle(id, 1, { outcome: 'succeeded', note: 'seen in their log' });
    expect([settled.status, settled.body.data.approval_status, settled.body.data.changed]).toEqual([
      200,
      'dispatched',
      true,
    ]);
    expect(settled.body.data.steps[1]).toMatchObject({
      status: 'succeeded',
      settled: { by: 'ada', outcome: 'succeeded', note: 'seen in their log' },
    });
    expect(outside.calls).toHaveLength(2);
  });

  test('settled as failed is started again by the next dispatch', async () => {
    const id = await lost();
    const settled = await settle(id, 1, { outcome: 'failed', note: 'they have nothing of it' });
    expect(settled.body.data.approval_status).toBe('dispatch_failed');
    expect((await dispatch(id)).body.data.approval_status).toBe('dispatched');
    expect(outside.calls.map(({ path }) => path)).toEqual(['/out', '/in', '/in']);
  });

  test('is settled by admins that are people, with a reason, where there is one', async () => {
    const id = await lost();
    const good = { outcome: 'failed', note: 'they have nothing of it' };
    const robot = { sub: 'robot', roles: ['admin'], kind: 'machine' };
    for (const [n, body, as, status, code] of [
      [1, good, 'bob', 403, 'role_missing'],
      [1, good, robot, 403, 'machine_may_not_decide'],
      [1, { ...good, note: 'short' }, 'ada', 422, 'reason_too_short'],
      [1, { ...good, outcome: 'maybe' }, 'ada', 400, 'invalid_body'],
      [1, { outcome: 'failed' }, 'ada', 400, 'invalid_body'],
      [0, good, 'ada', 409, 'nothing_to_settle'],
      [7, good, 'ada', 409, 'nothing_to_settle'],
      ['one', good, 'ada', 409, 'nothing_to_settle'],
      ['01', good, 'ada', 409, 'nothing_to_settle'],
    ] as const) {
      const path = `/api/approvals/${id}/steps/${n}/settle`;
      const answer = await world.call('POST', path, { as, body });
      expect([n, answer.status, answer.body.code]).toEqual([n, status, code]);
    }
  });
});

describe('figures', () => {
  test('tell of claims, conflicts and steps by connector, those of no step yet as well', async () => {
    const fresh = await startWorld({ policy: PLANS, connectors: {} });
    const scrape = async () => {
      const { text } = await fresh.call('GET', '/metrics');
      return text.split('\n').filter((line) => /^(dispatch|consume)\w+_(total|count)/.test(line));
    };
    const none = (connector: string) => [
      `dispatch_success_total{connector="${connector}"} 0`,
      `dispatch_failure_total{connector="${connector}"} 0`,
      `dispatch_latency_seconds_count{connector="${connector}"} 0`,
    ];
    expect((await scrape()).toSorted()).toEqual(
      [
        ...['webhook', 'github', 'sharepoint'].flatMap(none),
        'consume_for_dispatch_success_total 0',
        'consume_for_dispatch_conflict_total 0',
      ].toSorted(),
    );
    // A step that is tried again, one that fails for good, one whose answer is lost, and two that succeed.
    const reactions: readonly (readonly Reaction[])[] = [
      [{ status: 429 }, { status: 201 }],
      [{ status: 400 }],
      [{ hangUp: true }],
      [],
    ];
    const payload = { hook: outside.url, name: 'x', region: 'y' };
    for (const next of reactions) {
      outside.next(...next);
      const body = { actionId: 'env.create', mode: 'execute', payload };
      const { approvalId } = (await fresh.call('POST', '/api/pj/execute', { as: 'rita', body })).body;
      const at = `/api/approvals/${approvalId}`;
      await fresh.call('POST', `${at}/decide`, { as: 'bob', body: { status: 'approved' } });
      await fresh.call('POST', `${at}/dispatch`, { as: 'ada' });
      if (next.length === 0) await fresh.call('POST', `${at}/dispatch`, { as: 'ada' });
    }
    const figures = await scrape();
    for (const line of [
      'dispatch_success_total{connector="webhook"} 2',
      'dispatch_failure_total{connector="webhook"} 2',
      'dispatch_latency_seconds_count{connector="webhook"} 4',
      'dispatch_success_total{connector="github"} 0',
      'consume_for_dispatch_success_total 4',
      'consume_for_dispatch_conflict_total 1',
    ])
      expect(figures).toContain(line);
    await fresh.close();
  });
});

describe('health', () => {
  test('tells of each connector', async () => {
    const { status, body } = await world.call('GET', '/health');
    expect([status, body.status, body.checks.connectors]).toEqual([
      200,
      'ok',
      {
        status: 'ok',
        each: {
          webhook: { status: 'ok' },
          github: { status: 'unconfigured' },
          sharepoint: { status: 'unconfigured' },
        },
      },
    ]);
  });

  test('is degraded with one that is in trouble, and does not say more of it', async () => {
    const apiUrl = `${outside.url}/secret-path`;
    const troubled = await startWorld({ connectors: { github: { auth: { token: 'ghp_x' }, apiUrl } } });
    outside.next({ status: 401 });
    const { status, body, text } = await troubled.call('GET', '/health');
    expect([status, body.status, body.checks.connectors.status]).toEqual([200, 'degraded', 'degraded']);
    expect(body.checks.connectors.each.github).toEqual({ status: 'error' });
    expect(text).not.toContain('secret-path');
    expect((await troubled.call('GET', '/readyz')).status).toBe(200);
    await troubled.close();
  });

  test('is not waited for', async () => {
    const dispatcher = { ...world.deps.dispatcher, health: () => new Promise(() => {}) };
    const slow = await startWorld({ deps: { dispatcher: dispatcher as never } });
    const began = performance.now();
    const { status, body } = await slow.call('GET', '/health');
    expect([status, body.checks.connectors]).toEqual([200, { status: 'degraded', each: {} }]);
    expect(performance.now() - began).toBeLessThan(5000);
    await slow.close();
  });
});

describe('a server without a dispatcher', () => {
  test('takes requests, and says that it carries nothing out', async () => {
    const bare = await startWorld({ policy: PLANS });
    const payload = { hook: outside.url, name: 'x', region: 'y' };
    const ask = (mode: string) =>
      bare.call('POST', '/api/pj/execute', { as: 'ada', body: { actionId: 'env.create', mode, payload } });
    const { status, body } = await ask('execute');
    expect(status).toBe(202);
    const dispatched = await bare.call('POST', `/api/approvals/${body.approvalId}/dispatch`, { as: 'ada' });
    expect([dispatched.status, dispatched.body.code]).toEqual([503, 'dispatcher_absent']);
    expect((await ask('dry-run')).body.code).toBe('dispatcher_absent');
    await bare.close();
  });
});
