import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../streams/world.ts';
import { type Outside, startOutside } from '../support/outside.ts';
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

const payload = (more: object = {}) => ({ hook: outside.url, name: 'blue', region: 'eu-1', ...more });
const execute = (body: object, as = 'rita') => world.call('POST', '/api/pj/execute', { as, body });
const ask = (actionId: string, more: object = {}) =>
  execute({ actionId, mode: 'execute', payload: payload(), ...more });
const lines = (scope: string) =>
  world.log.map((line) => JSON.parse(line)).filter((line) => line.scope === scope);

describe('what somebody has to approve', () => {
  test('is asked for, and nothing is done', async () => {
    const answer = await ask('env.create', { requestId: 'run-1', justification: 'the release' });
    const { approvalId } = answer.body;
    expect([answer.status, answer.body]).toEqual([
      202,
      {
        success: true,
        data: { approvalId, approvalRequired: true },
        approvalId,
        approvalRequired: true,
      },
    ]);
    expect(answer.headers.get('location')).toBe(`/api/approvals/${approvalId}`);
    expect(outside.calls).toEqual([]);
    const { body } = await world.call('GET', `/api/approvals/${approvalId}`, { as: 'rita' });
    expect(body.data).toMatchObject({
      approvalId,
      requestId: 'run-1',
      approval_status: 'pending',
      plan: [
        {
          connector: 'webhook',
          operation: 'post',
          input: { url: `${outside.url}/environments`, body: { name: 'blue', text: 'in eu-1' } },
        },
      ],
      plan_hash: expect.stringMatching(/^sha256:/),
      dispatched_at: null,
      dispatch_result_json: null,
      dispatch: { mode: 'manual', notBefore: null, validUntil: null, approvedPlanHash: null },
      steps: [{ step: 0, connector: 'webhook', operation: 'post', status: 'waiting', tries: 0 }],
    });
    expect(lines('pj.execute.approval_created')).toContainEqual(
      expect.objectContaining({ requestId: approvalId, channel: 'gate', action: 'env.create' }),
    );
  });

  test('is asked for once under one id of one caller', async () => {
    const first = await ask('env.create', { requestId: 'run-2' });
    const again = await ask('env.create', { requestId: 'run-2' });
    expect([again.status, again.body]).toEqual([202, first.body]);
    const other = await execute(
      { actionId: 'env.create', mode: 'execute', payload: payload({ name: 'green' }), requestId: 'run-2' },
      'rita',
    );
    expect([other.status, other.body.code, other.body.requestId]).toEqual([
      422,
      'idempotency_key_reused',
      first.body.approvalId,
    ]);
    for (const as of ['bob', 'ann']) {
      const { status, body } = await execute(
        { actionId: 'env.create', mode: 'execute', payload: payload(), requestId: 'run-2' },
        as,
      );
      expect(status).toBe(202);
      expect(body.approvalId).not.toBe(first.body.approvalId);
    }
  });

  test('keeps its id and its answer once it is decided', async () => {
    const first = await ask('env.create', { requestId: 'run-3' });
    const { approvalId } = first.body;
    const decided = await world.call('POST', `/api/approvals/${approvalId}/decide`, {
      as: 'bob',
      body: { status: 'approved', note: 'fine' },
    });
    expect([decided.status, decided.body.data.approval_status]).toEqual([200, 'approved']);
    expect((await ask('env.create', { requestId: 'run-3' })).body).toEqual(first.body);
  });

  test('may come with a plan of its own where the action allows it', async () => {
    const steps = [
      {
        connector: 'webhook',
        operation: 'post',
        input: { url: `${outside.url}/own`, body: '{{payload.x}}' },
      },
    ];
    const { body } = await execute({ actionId: 'env.caller', mode: 'execute', payload: { steps } });
    const shown = await world.call('GET', `/api/approvals/${body.approvalId}`, { as: 'rita' });
    expect(shown.body.data.plan).toEqual(steps);
    const without = await execute({ actionId: 'env.caller', mode: 'execute', payload: { steps: [] } });
    expect([without.status, without.body.code, without.body.errors[0].pointer]).toEqual([
      422,
      'plan_invalid',
      '/payload/steps',
    ]);
  });
});

describe('what nobody has to approve', () => {
  test('is carried out at once, and once', async () => {
    const answer = await ask('env.auto', { requestId: 'auto-1' });
    const { approvalId } = answer.body;
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        success: true,
        approvalId,
        approvalRequired: false,
        data: {
          approvalId,
          approvalRequired: false,
          approval_status: 'dispatched',
          dispatchResult: expect.objectContaining({
            dryRun: false,
            success: true,
            status: 'dispatched',
            dispatch: 1,
            by: 'dispatcher',
          }),
        },
      },
    ]);
    expect(answer.body.data.dispatchResult.steps[0]).toMatchObject({
      status: 'succeeded',
      result: { status: 201, id: 1, url: 'http://outside/1' },
    });
    expect((await ask('env.auto', { requestId: 'auto-1' })).body).toEqual(answer.body);
    expect(outside.calls.map(({ path, body }) => [path, body])).toEqual([
      ['/environments', { name: 'blue', text: 'in eu-1' }],
    ]);
  });

  test('says so where it fails', async () => {
    outside.next({ status: 400 });
    const { status, body } = await ask('env.auto');
    expect([status, body.success, body.data.approval_status]).toEqual([200, false, 'dispatch_failed']);
    expect(body.data.dispatchResult.failure).toEqual({
      step: 0,
      error: 'the receiver answered 400',
      outcomeUnknown: false,
    });
  });

  test('is not waited for longer than the limit', async () => {
    const impatient = await startWorld({
      policy: PLANS,
      connectors: {},
      limits: { dispatchWaitMs: 50 },
    });
    let release = () => {};
    outside.next({ after: new Promise((resolve) => (release = resolve)) });
    const body = { actionId: 'env.auto', mode: 'execute', payload: payload(), requestId: 'slow' };
    const first = await impatient.call('POST', '/api/pj/execute', { as: 'rita', body });
    expect([first.status, first.body.success, first.body.approvalRequired]).toEqual([202, true, false]);
    expect(['approved', 'dispatching']).toContain(first.body.data.approval_status);
    release();
    const status = async () => {
      const again = await impatient.call('POST', '/api/pj/execute', { as: 'rita', body });
      return [again.status, again.body.data.approval_status];
    };
    await until(async () => (await status())[0] === 200, 'the dispatch has ended');
    expect(await status()).toEqual([200, 'dispatched']);
    expect(outside.calls).toHaveLength(1);
    await impatient.close();
  });

  test('waits for its time', async () => {
    const at = new Date(Date.now() + 3_600_000).toISOString();
    const early = await ask('env.auto', { notBefore: at, requestId: 'later' });
    expect([early.status, early.body.data.approval_status]).toEqual([202, 'approved']);
    expect(outside.calls).toEqual([]);
    world.advance(3_600_000);
    const done = await ask('env.auto', { notBefore: at, requestId: 'later' });
    expect([done.status, done.body.data.approval_status]).toEqual([200, 'dispatched']);
  });

  test.each(['env.auto.manual', 'report.daily'])(
    'is left alone where that is what is wanted: %s',
    async (actionId) => {
      const { status, body } = await ask(actionId);
      expect([status, body.success, body.approvalRequired, body.data]).toEqual([
        200,
        true,
        false,
        {
          approvalId: body.approvalId,
          approvalRequired: false,
          approval_status: 'approved',
          dispatchResult: null,
        },
      ]);
      expect(outside.calls).toEqual([]);
    },
  );
});

describe('a dry run', () => {
  const dryRun = (actionId: string, given: object, more: object = {}) =>
    execute({ actionId, mode: 'dry-run', payload: given, ...more });

  test('tells what would be done, and does and records nothing', async () => {
    const before = await world.events();
    for (const [actionId, wouldNeedApproval] of [
      ['env.create', true],
      ['env.auto', false],
    ] as const) {
      const { status, body } = await dryRun(actionId, payload(), { requestId: 'run-1' });
      expect([status, body.success]).toEqual([200, true]);
      expect(body).not.toHaveProperty('approvalRequired');
      expect(body.data).toMatchObject({ mode: 'dry-run', wouldNeedApproval, notBefore: null });
      expect(body.data.dispatchResult).toMatchObject({ dryRun: true, success: true, faults: [] });
      expect(body.data.dispatchResult.steps).toEqual([
        expect.objectContaining({
          step: 0,
          connector: 'webhook',
          operation: 'post',
          isDone: false,
          summary: expect.stringContaining(`${outside.url}/environments`),
          details: expect.objectContaining({ body: { name: 'blue', text: 'in eu-1' } }),
          faults: [],
        }),
      ]);
    }
    expect(outside.calls).toEqual([]);
    expect(await world.events()).toEqual(before);
  });

  test('tells what is missing', async () => {
    const { status, body } = await dryRun('env.create', { name: 'blue' });
    expect(status).toBe(200);
    const { dispatchResult } = body.data;
    expect(dispatchResult.success).toBe(false);
    expect(dispatchResult.faults.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual([
      '/payload/hook',
      '/payload/region',
    ]);
    expect(dispatchResult.steps).toEqual([
      expect.objectContaining({ connector: 'webhook', summary: null, faults: [] }),
    ]);
  });

  test('tells what a connector would refuse', async () => {
    const { status, body } = await dryRun('env.create', payload({ hook: 'ftp://host' }));
    expect(status).toBe(200);
    expect(body.data.dispatchResult.faults).toEqual([
      { pointer: '/plan/0/input/url', detail: expect.stringContaining('URL') },
    ]);
  });

  test('of what has no plan tells that nothing would be done', async () => {
    const { status, body } = await dryRun('plain', {});
    expect([status, body.data]).toEqual([
      200,
      { mode: 'dry-run', wouldNeedApproval: true, plan: null, notBefore: null, dispatchResult: null },
    ]);
  });
});

describe('refusals', () => {
  test.each([
    ['an unknown action', { actionId: 'nothing' }, 422, 'unknown_action'],
    ['a missing parameter', { payload: { name: 'x' } }, 422, 'plan_invalid'],
    ['a reserved name', { payload: { a: { $sealed: 1 } } }, 422, 'reserved_member'],
    ['a time that is none', { notBefore: 'soon' }, 422, 'plan_invalid'],
    ['no mode', { mode: undefined }, 400, 'invalid_body'],
    ['no payload', { payload: undefined }, 400, 'invalid_body'],
    ['an id that is too long', { requestId: 'x'.repeat(256) }, 400, 'invalid_body'],
    ['an unknown field', { params: {} }, 400, 'invalid_body'],
  ])('%s', async (_what, changes, status, code) => {
    const before = await world.events();
    const body = { actionId: 'env.create', mode: 'execute', payload: payload(), ...changes };
    const answer = await execute(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await world.events()).toEqual(before);
  });

  test('name places in the payload, and are logged', async () => {
    const { body } = await execute({
      actionId: 'env.create',
      mode: 'execute',
      payload: { hook: outside.url, name: 'x' },
      requestId: 'faulty',
    });
    expect(body.errors).toEqual([{ pointer: '/payload/region', detail: expect.any(String) }]);
    expect(lines('pj.execute.approval_create_failed').at(-1)).toMatchObject({
      code: 'plan_invalid',
      action: 'env.create',
      externalId: 'faulty',
      subject: 'rita',
      correlationId: expect.any(String),
    });
  });

  test('ask for the header, and for a role', async () => {
    const body = { actionId: 'env.create', mode: 'dry-run', payload: payload() };
    const without = await world.call('POST', '/api/pj/execute', { as: 'rita', body, csrf: false });
    expect([without.status, without.body.code]).toEqual([403, 'csrf_header_missing']);
    const stranger = await execute(body, 'carol');
    expect([stranger.status, stranger.body.code]).toEqual([403, 'role_missing']);
    const nobody = await world.call('POST', '/api/pj/execute', { body });
    expect(nobody.status).toBe(401);
  });
});
