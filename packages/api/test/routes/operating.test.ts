import { StoreError } from '@countersign/event-store';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createApi, startServer } from '../../src/index.ts';
import { POLICY } from '../support/policy.ts';
import { ADMIN_TOKEN, startWorld, type World } from '../support/world.ts';

const admin = { headers: { 'x-admin-token': ADMIN_TOKEN } };
const ask = (world: World, action: string) =>
  world.call('POST', '/api/guard/request', { as: 'rita', body: { action, params: {} } });

describe('reloading the policy', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());
  afterEach(() => world.setPolicy({ text: POLICY }));
  const reload = () => world.call('POST', '/api/admin/reload-policy', admin);

  test('the same file changes nothing', async () => {
    const { status, body } = await reload();
    expect([status, body.changed]).toEqual([200, false]);
  });

  test('another is in force when it is answered', async () => {
    expect((await ask(world, 'brand.new')).body.code).toBe('unknown_action');
    world.setPolicy({ text: `${POLICY}  brand.new: { autoApprove: true }\n` });
    const { body } = await reload();
    expect(body).toEqual({ hash: expect.stringMatching(/^sha256:/), changed: true });
    const asked = await ask(world, 'brand.new');
    expect(asked.body).toMatchObject({ status: 'approved', policyHash: body.hash });
    world.setPolicy({ text: POLICY });
    expect((await reload()).body.changed).toBe(true);
  });

  test('a bad file is refused with file and line, and the old policy stays', async () => {
    world.setPolicy({ text: `${POLICY}  broken: { minApprovals: many }\n` });
    const before = (await ask(world, 'deploy')).body.policyHash;
    const { status, body } = await reload();
    expect([status, body.code]).toEqual([422, 'policy_invalid']);
    expect(body.errors[0]).toMatchObject({
      file: 'policy.yaml',
      line: POLICY.split('\n').length,
      detail: expect.stringContaining('actions.broken.minApprovals'),
    });
    expect((await ask(world, 'deploy')).body.policyHash).toBe(before);
  });

  test('a file that cannot be read is told without saying where it is', async () => {
    const other = await startWorld({
      deps: {
        readPolicy: () =>
          Promise.reject(Object.assign(new Error('ENOENT: /etc/secret/policy.yaml'), { code: 'ENOENT' })),
      },
    });
    const { status, body, text } = await other.call('POST', '/api/admin/reload-policy', admin);
    expect([status, body.code]).toEqual([422, 'policy_invalid']);
    expect(body.detail).toContain('ENOENT');
    expect(text).not.toContain('/etc/secret');
    await other.close();
  });
});

describe('administration', () => {
  test('is closed without a token of its own, even to admins', async () => {
    const world = await startWorld({ deps: { adminTokens: [] } });
    const answer = await world.call('POST', '/api/admin/reload-policy', { as: 'ada', ...admin });
    expect([answer.status, answer.body.code]).toEqual([403, 'admin_closed']);
    await world.close();
  });

  test('takes any of two tokens, so that one can be replaced', async () => {
    const world = await startWorld({ deps: { adminTokens: ['new-token', 'old-token'] } });
    const status = async (token: string) =>
      (await world.call('GET', '/api/admin/projections', { headers: { 'x-admin-token': token } })).status;
    expect([await status('new-token'), await status('old-token'), await status('other')]).toEqual([
      200, 200, 403,
    ]);
    await world.close();
  });

  test('lists the views and builds one anew while it answers', async () => {
    const world = await startWorld();
    const asked = await ask(world, 'deploy');
    await world.call('GET', `/api/approvals?minPosition=${asked.body.position}`, { as: 'rita' });
    const started = await world.call('POST', '/api/admin/projections/requests/rebuild', admin);
    expect([started.status, started.body]).toEqual([202, { name: 'requests', status: 'rebuilding' }]);
    const listed = await world.call('GET', '/api/approvals', { as: 'rita' });
    expect(listed.body.data.total).toBe(1);
    const state = async () => {
      const { body } = await world.call('GET', '/api/admin/projections', admin);
      return body.items.find((item: { name: string }) => item.name === 'requests');
    };
    const deadline = Date.now() + 10_000;
    while ((await state()).state !== 'running')
      if (Date.now() > deadline) throw new Error('still rebuilding');
    expect((await state()).readable).toBe(true);
    expect((await world.call('GET', '/api/approvals', { as: 'rita' })).body.data.total).toBe(1);
    await world.close();
  });
});

test('an empty secret is refused before anybody can use it', async () => {
  const world = await startWorld();
  const { deps } = world;
  const auth = { ...deps.auth, jwtSecrets: ['good', ''] };
  expect(() => createApi({ ...deps, auth })).toThrow('JWT_SECRET');
  expect(() => createApi({ ...deps, adminTokens: [''] })).toThrow('ADMIN_TOKEN');
  expect(() => createApi({ ...deps, metricsTokens: ['good', ' '] })).toThrow('METRICS_TOKEN');
  await world.close();
});

describe('health', () => {
  test('of a server that has everything', async () => {
    const world = await startWorld();
    const policy = { status: 'ok', hash: world.deps.policies.inForce().hash };
    expect((await world.call('GET', '/healthz')).body).toEqual({ status: 'ok' });
    const ready = await world.call('GET', '/readyz');
    expect(ready.status).toBe(200);
    expect(ready.body).toMatchObject({ status: 'ready', policy, store: { status: 'ok' } });
    expect(ready.body.projections.map((view: { name: string }) => view.name).toSorted()).toEqual([
      'audit',
      'closings',
      'deadlines',
      'metrics',
      'requests',
      'slack',
      'statistics',
    ]);
    const health = await world.call('GET', '/health');
    expect([health.status, health.body.status]).toEqual([200, 'ok']);
    await world.close();
  });

  test('a server whose views have not begun is not ready', async () => {
    const world = await startWorld();
    const projections = { ...world.deps.projections, status: () => [] };
    const fresh = await startServer(createApi({ ...world.deps, projections }), {
      host: '127.0.0.1',
      port: 0,
    });
    const response = await fetch(`${fresh.url}/readyz`);
    expect([response.status, await response.json()]).toMatchObject([503, { status: 'not_ready' }]);
    await fresh.close();
    await world.close();
  });

  test('a server that shuts down is not ready', async () => {
    const closing = new AbortController();
    const world = await startWorld({ deps: { closing: closing.signal } });
    closing.abort();
    const ready = await world.call('GET', '/readyz');
    expect([ready.status, ready.body.status]).toEqual([503, 'not_ready']);
    await world.close();
  });
});

describe('a ledger that fails', () => {
  let fault: { kind: 'unavailable' | 'unknown_outcome'; on: ('append' | 'readStream' | 'health')[] } | null =
    null;
  let world: World;
  beforeAll(async () => {
    world = await startWorld({
      deadlineMs: 100,
      wrapStore: (store) => ({
        ...store,
        append: async (...args) => {
          if (fault?.on.includes('append')) {
            if (fault.kind === 'unknown_outcome') await store.append(...args);
            throw new StoreError(fault.kind, 'disk on fire at /var/lib/countersign');
          }
          return store.append(...args);
        },
        readStream: async (...args) => {
          if (fault?.on.includes('readStream')) throw new StoreError('unavailable', 'no route to 10.0.0.7');
          return store.readStream(...args);
        },
        health: async () =>
          fault?.on.includes('health') ? { status: 'unavailable', detail: '10.0.0.7' } : store.health(),
      }),
    });
  });
  afterEach(() => {
    fault = null;
  });
  afterAll(() => world.close());

  test('refuses commands with 503 while nothing can be written, reads on, and recovers', async () => {
    const { requestId } = (await ask(world, 'deploy')).body;
    fault = { kind: 'unavailable', on: ['append'] };
    const refused = await ask(world, 'deploy');
    expect([refused.status, refused.body.code]).toEqual([503, 'store_unavailable']);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.text).not.toContain('/var/lib');
    const vote = { as: 'bob', body: { status: 'approved' } };
    expect((await world.call('POST', `/api/approvals/${requestId}/decide`, vote)).status).toBe(503);
    expect((await world.call('GET', `/api/approvals/${requestId}`, { as: 'rita' })).status).toBe(200);
    expect((await world.call('GET', '/api/approvals', { as: 'rita' })).status).toBe(200);
    fault = null;
    expect((await world.call('POST', `/api/approvals/${requestId}/decide`, vote)).status).toBe(200);
  });

  test('says so when it is not known whether a command was carried out; the same key finds out', async () => {
    const sent = {
      as: 'rita',
      body: { action: 'deploy', params: { n: 1 } },
      headers: { 'idempotency-key': 'once' },
    };
    fault = { kind: 'unknown_outcome', on: ['append'] };
    const unsure = await world.call('POST', '/api/guard/request', sent);
    expect([unsure.status, unsure.body.code]).toEqual([503, 'outcome_unknown']);
    fault = null;
    const again = await world.call('POST', '/api/guard/request', sent);
    expect(again.status).toBe(200);
    const written = (await world.events()).filter(
      ({ stream }) => stream === `approval-${again.body.requestId}`,
    );
    expect(written).toHaveLength(1);
  });

  test('that cannot be read answers 503 without saying where it is', async () => {
    const { requestId } = (await ask(world, 'deploy')).body;
    fault = { kind: 'unavailable', on: ['readStream', 'health'] };
    const reads = [`/api/approvals/${requestId}`, `/api/approvals/${requestId}/events`];
    for (const path of reads) {
      const answer = await world.call('GET', path, { as: 'rita' });
      expect([answer.status, answer.body.code]).toEqual([503, 'store_unavailable']);
      expect(answer.text).not.toContain('10.0.0.7');
    }
    const ready = await world.call('GET', '/readyz');
    expect([ready.status, ready.body.store]).toEqual([503, { status: 'error' }]);
    const health = await world.call('GET', '/health');
    expect([health.status, health.body.status]).toEqual([503, 'error']);
    expect(health.text).not.toContain('10.0.0.7');
  });

  test('a fault of ours is a 500 that tells nothing, and a log line that tells all', async () => {
    const broken = await startWorld({
      deps: { readPolicy: () => Promise.resolve(null as never) },
    });
    const answer = await broken.call('POST', '/api/admin/reload-policy', {
      headers: { ...admin.headers, 'x-request-id': 'find-me' },
    });
    expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
    expect(answer.body.detail).not.toMatch(/null|undefined|TypeError/);
    const line = broken.log.map((text) => JSON.parse(text)).find(({ code }) => code === 'internal');
    expect(line).toMatchObject({ correlationId: 'find-me', method: 'POST' });
    expect(JSON.stringify(line)).toContain('TypeError');
    await broken.close();
  });
});
