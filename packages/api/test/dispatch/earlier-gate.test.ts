import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startWorld, type World } from '../support/world.ts';

const folder = new URL('../../../../infra/policy/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, folder), 'utf8');
const schemas = Object.fromEntries(
  readdirSync(new URL('schemas', folder)).map((name) => [`schemas/${name}`, read(`schemas/${name}`)]),
);

let world: World;
beforeAll(async () => {
  world = await startWorld({ policy: read('policy.yaml'), schemas, connectors: {} });
});
afterAll(() => world.close());

test('what callers of the earlier gate type works as they type it, under the example policy', async () => {
  const { call } = world;
  const health = await call('GET', '/health');
  expect([health.status, health.body.status]).toEqual([200, 'ok']);

  const payload = { name: 'smoke-test-env' };
  const dry = await call('POST', '/api/pj/execute', {
    as: 'ada',
    body: { actionId: 'environment.create', mode: 'dry-run', payload },
  });
  expect([dry.status, dry.body.success]).toEqual([200, true]);
  expect((await call('GET', '/api/approvals/count/pending', { as: 'ada' })).body).toEqual({
    success: true,
    data: { pendingCount: 0 },
  });

  const asked = await call('POST', '/api/pj/execute', {
    as: 'rita',
    body: {
      actionId: 'environment.create',
      mode: 'execute',
      payload: { ...payload, region: 'eu-1', owner: 'rita' },
      requestId: 'gate-1',
    },
  });
  expect([asked.status, asked.body.approvalRequired]).toEqual([202, true]);
  const id = asked.body.approvalId;
  const { position } = (await call('GET', `/api/approvals/${id}`, { as: 'rita' })).body.data;
  const count = await call('GET', `/api/approvals/count/pending?minPosition=${position}`, { as: 'ada' });
  expect(count.body.data.pendingCount).toBe(1);
  const listed = await call('GET', '/api/approvals?status=pending&limit=10', { as: 'ada' });
  expect(listed.body.data.items).toMatchObject([
    { approvalId: id, requestId: 'gate-1', approval_status: 'pending' },
  ]);

  const decided = await call('POST', `/api/approvals/${id}/decide`, {
    as: 'bob',
    body: { status: 'approved', note: 'Reviewed and approved — smoke test' },
  });
  expect([decided.status, decided.body.success, decided.body.data.approval_status]).toEqual([
    200,
    true,
    'approved',
  ]);
  const tried = await call('POST', `/api/approvals/${id}/dispatch`, { as: 'ada', body: { dryRun: true } });
  expect([tried.status, tried.body.success]).toEqual([200, true]);
  expect(tried.body.data.dispatchResult.steps[0].summary).toContain(
    'https://automation.example.com/environments',
  );
});
