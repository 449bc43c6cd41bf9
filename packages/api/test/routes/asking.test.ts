import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({
    deps: {
      auth: {
        jwtSecrets: ['a-secret-that-only-these-tests-know-0001'],
        apiKeys: [
          {
            id: 'ci',
            sha256: hash('sha256', 'key-of-ci', 'hex'),
            sub: 'ci',
            tenant: 'default',
            roles: ['requester', 'approver'],
            owner: 'bob',
          },
        ],
      },
    },
  });
});
afterAll(() => world.close());

const ASK = '/api/guard/request';
const body = { action: 'deploy.two', params: { version: '1' }, justification: 'because' };
const ask = (sent: Parameters<World['call']>[2]) => world.call('POST', ASK, { as: 'rita', body, ...sent });

describe('an idempotency key', () => {
  const headers = { 'idempotency-key': 'run 17 / step 3' };

  test('answers the same body with the first answer, whatever has become of the request', async () => {
    const first = await ask({ headers });
    expect(first.status).toBe(201);
    const events = (await world.events()).length;
    const again = await ask({ headers });
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(await world.events()).toHaveLength(events);

    await world.call('POST', `/api/approvals/${first.body.requestId}/cancel`, { as: 'rita' });
    const later = await ask({ headers });
    expect([later.status, later.body]).toEqual([200, first.body]);
    expect(later.body.status).toBe('pending');
  });

  test('is refused with another body, naming the request, and writes nothing', async () => {
    const first = await ask({ headers });
    const events = (await world.events()).length;
    const other = await ask({ headers, body: { ...body, params: { version: '2' } } });
    expect(other.body).toMatchObject({
      status: 422,
      code: 'idempotency_key_reused',
      requestId: first.body.requestId,
    });
    expect(await world.events()).toHaveLength(events);
  });

  test('is another one for another person', async () => {
    const [first, others] = [await ask({ headers }), await ask({ as: 'bob', headers })];
    expect(others.status).toBe(201);
    expect(others.body.requestId).not.toBe(first.body.requestId);
  });

  test('gives ten callers at once one request', async () => {
    const key = { 'idempotency-key': 'at once' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask({ headers: key })));
    expect(new Set(answers.map(({ body: { requestId, position } }) => `${requestId} ${position}`)).size).toBe(
      1,
    );
    expect(answers.every(({ status }) => status === 200 || status === 201)).toBe(true);
    const { requestId } = answers[0]?.body ?? {};
    const written = (await world.events()).filter(({ stream }) => stream === `approval-${requestId}`);
    expect(written).toHaveLength(1);
  });

  test('answers an automatic approval alike', async () => {
    const sent = { headers: { 'idempotency-key': 'report' }, body: { action: 'report.daily', params: {} } };
    const [first, again] = [await ask(sent), await ask(sent)];
    expect([first.status, first.body.status]).toEqual([201, 'approved']);
    expect([again.status, again.body]).toEqual([200, first.body]);
  });
});

test('the answer says when it expires and escalates, and where the request is', async () => {
  const { body: answer, headers } = await ask({});
  expect(Object.keys(answer).toSorted()).toEqual([
    'escalateAt',
    'expiresAt',
    'paramsHash',
    'policyHash',
    'position',
    'requestId',
    'requirements',
    'status',
    'token',
  ]);
  expect(Date.parse(answer.expiresAt) - Date.parse(answer.escalateAt[0])).toBe(600_000);
  expect(answer.paramsHash).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(headers.get('x-request-id')).toBeTruthy();
});

describe('an API key', () => {
  test('asks as a machine, and its owner has no vote', async () => {
    const asked = await ask({ bearer: 'key-of-ci' });
    expect(asked.status).toBe(201);
    const at = `/api/approvals/${asked.body.requestId}`;
    const owner = await world.call('POST', `${at}/decide`, { as: 'bob', body: { status: 'approved' } });
    expect(owner.body.code).toBe('self_approval');
    const key = await world.call('POST', `${at}/decide`, {
      bearer: 'key-of-ci',
      body: { status: 'approved' },
    });
    expect(key.body.code).toBe('machine_may_not_decide');
    const shown = await world.call('GET', at, { bearer: 'key-of-ci' });
    expect(shown.body.data).toMatchObject({ requester: { sub: 'ci', kind: 'machine' }, owner: 'bob' });
  });

  test('that nobody has is refused', async () => {
    expect((await ask({ bearer: 'key-of-nobody' })).body.code).toBe('token_invalid');
  });
});

test('whoever it was asked for has no vote, and can cancel', async () => {
  const asked = await ask({ body: { ...body, onBehalfOf: 'carol' } });
  const at = `/api/approvals/${asked.body.requestId}`;
  const vote = await world.call('POST', `${at}/decide`, { as: 'carol', body: { status: 'approved' } });
  expect(vote.body.code).toBe('self_approval');
  const cancelled = await world.call('POST', `${at}/cancel`, { as: 'carol', body: { reason: 'not needed' } });
  expect(cancelled.body.data).toMatchObject({
    status: 'cancelled',
    approver_id: null,
    approval_note: 'not needed',
    decision: { outcome: 'cancelled', by: 'carol', note: 'not needed' },
  });
});

test('what was denied a moment ago cannot be asked again at once', async () => {
  const again = { body: { action: 'repeat', params: { n: 1 } } };
  const first = await ask(again);
  const denied = await world.call('POST', `/api/approvals/${first.body.requestId}/decide`, {
    as: 'bob',
    body: { status: 'rejected' },
  });
  expect(denied.body.data.approval_status).toBe('rejected');
  await world.call('GET', `/api/approvals?minPosition=${denied.body.data.position}`, { as: 'bob' });
  const named = await ask({ body: { ...again.body, previousRequestId: first.body.requestId } });
  expect(named.body).toMatchObject({ status: 429, code: 'cooldown', cooldownSec: 60 });
  expect(Number(named.headers.get('retry-after'))).toBeGreaterThan(50);
  const unnamed = await ask(again);
  expect(unnamed.body.code).toBe('cooldown');
  world.advance(61_000);
  const allowed = await ask({ body: { ...again.body, previousRequestId: first.body.requestId } });
  expect(allowed.status).toBe(201);
  const shown = await world.call('GET', `/api/approvals/${allowed.body.requestId}`, { as: 'rita' });
  expect(shown.body.data).toMatchObject({
    previousRequestId: first.body.requestId,
    rootRequestId: first.body.requestId,
  });
});

describe('correlation', () => {
  test('comes back, and stands in the events and the audit log', async () => {
    const asked = await ask({ headers: { 'x-correlation-id': 'pipeline:42' } });
    expect(asked.headers.get('x-request-id')).toBe('pipeline:42');
    const events = (await world.events()).filter(({ stream }) => stream.endsWith(asked.body.requestId));
    expect(events.map(({ metadata }) => JSON.parse(metadata).correlationId)).toEqual(['pipeline:42']);
  });

  test.each(['x'.repeat(129), 'two words', '{"a":1}'])('is made anew for %j', async (given) => {
    const asked = await ask({ headers: { 'x-request-id': given } });
    expect(asked.status).toBe(201);
    expect(asked.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});
