import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let last: { position: string };
const ids: Record<string, string> = {};

beforeAll(async () => {
  world = await startWorld();
  const ask = async (name: string, as: string, action: string, params: object = {}) => {
    const asked = await world.call('POST', '/api/guard/request', { as, body: { action, params } });
    expect(asked.status).toBe(201);
    ids[name] = asked.body.requestId;
    last = asked.body;
    return asked.body;
  };
  await ask('ritas', 'rita', 'deploy');
  await ask('seen', 'rita', 'deploy.seen');
  await ask('bobs', 'bob', 'customer.change', { customer: { email: 'jo@example.com', id: 7 } });
  await ask('claimed', 'alice', 'claimed');
  const denied = await ask('denied', 'rita', 'deploy');
  await world.call('POST', `/api/approvals/${denied.requestId}/decide`, {
    as: 'carol',
    body: { status: 'rejected', note: 'no' },
  });
  await ask('acme', 'ann', 'unlisted');
});
afterAll(() => world.close());

const at = (name: string, rest = '') => `/api/approvals/${ids[name]}${rest}`;
const list = async (as: Parameters<World['call']>[2] & object, query = '') => {
  const { body } = await world.call('GET', `/api/approvals?minPosition=${last.position}${query}`, as);
  const names = body.data.items.map((item: { approvalId: string }) =>
    Object.keys(ids).find((name) => ids[name] === item.approvalId),
  );
  return { names, ...body.data };
};

describe('who sees a request', () => {
  test.each([
    ['the requester', 'rita', 'ritas', 200],
    ['an approver', 'bob', 'ritas', 200],
    ['a super-approver', 'zoe', 'ritas', 200],
    ['whoever holds a persona', 'dan', 'seen', 200],
    ['an auditor', 'otto', 'ritas', 200],
    ['an admin', 'ada', 'ritas', 200],
    ['a bystander', 'mallory', 'ritas', 404],
    ['an approver of something else', 'dan', 'ritas', 404],
    ['somebody of another tenant', 'ann', 'ritas', 404],
    ['somebody of ours, of another tenant', 'ada', 'acme', 404],
  ])('%s', async (_who, as, name, status) => {
    for (const rest of ['', '/events']) {
      const { status: answered, body } = await world.call('GET', at(name, rest), { as });
      expect(answered).toBe(status);
      if (status === 404) expect(body.code).toBe('not_found');
    }
  });

  test('a member of a claimed group sees what the group decides', async () => {
    const staff = { sub: 'sam', roles: ['approver'], groups: ['staff'] };
    expect((await world.call('GET', at('claimed'), { as: staff })).status).toBe(200);
    expect((await world.call('GET', at('claimed'), { as: { ...staff, groups: [] } })).status).toBe(404);
  });

  test('a look leaves no record', async () => {
    const before = (await world.events()).length;
    await world.call('GET', at('ritas'), { as: 'mallory' });
    await world.call('GET', at('ritas'), { as: 'ann' });
    expect(await world.events()).toHaveLength(before);
  });

  test('a wait token reads its request, and no other', async () => {
    const { body } = await world.call('POST', '/api/guard/request', {
      as: 'rita',
      body: { action: 'deploy', params: {} },
    });
    const bearer = body.token;
    const own = `/api/approvals/${body.requestId}`;
    expect((await world.call('GET', own, { bearer })).status).toBe(200);
    expect((await world.call('GET', `${own}/events`, { bearer })).status).toBe(200);
    expect((await world.call('GET', at('ritas'), { bearer })).body.code).toBe('not_found');
    expect((await world.call('GET', '/api/approvals', { bearer })).body.code).toBe('forbidden');
    expect((await world.call('GET', '/api/whoami', { bearer })).body.code).toBe('forbidden');
    expect((await world.call('POST', `${own}/cancel`, { bearer })).body.code).toBe('forbidden');
    last = body;
    ids.token = body.requestId;
  });
});

describe('lists', () => {
  test('hold what the caller may see, newest first', async () => {
    expect((await list({ as: 'rita' })).names).toEqual(['token', 'denied', 'seen', 'ritas']);
    expect((await list({ as: 'dan' })).names).toEqual(['bobs', 'seen']);
    expect((await list({ as: 'mallory' })).names).toEqual([]);
    expect((await list({ as: 'ann' })).names).toEqual(['acme']);
    expect((await list({ as: 'otto' })).total).toBe(6);
  });

  test('are filtered by status: pending includes what waits for personas', async () => {
    const pending = await list({ as: 'rita' }, '&status=pending');
    expect(pending.names).toEqual(['token', 'seen', 'ritas']);
    expect(pending.items[1]).toMatchObject({ status: 'awaiting_personas', approval_status: 'pending' });
    expect((await list({ as: 'rita' }, '&status=awaiting_personas')).names).toEqual(['seen']);
    const [rejected, denied] = [
      await list({ as: 'rita' }, '&status=rejected'),
      await list({ as: 'rita' }, '&status=denied'),
    ];
    expect(rejected).toEqual(denied);
    expect(rejected.items[0]).toMatchObject({
      status: 'rejected',
      approver_id: 'carol',
      approval_note: 'no',
      decision: { outcome: 'denied', by: 'carol', note: 'no' },
    });
  });

  test('come in pages', async () => {
    const page = await list({ as: 'otto' }, '&limit=2&offset=1');
    expect(page).toMatchObject({ total: 6, limit: 2, offset: 1, names: ['denied', 'claimed'] });
  });

  test('tell what waits on the caller', async () => {
    expect((await list({ as: 'dan' }, '&waitingOn=me')).names).toEqual(['bobs', 'seen']);
    expect((await list({ as: 'rita' }, '&waitingOn=me')).names).toEqual([]);
  });

  test('say of a request what the request itself says', async () => {
    const { items } = await list({ as: 'otto' });
    expect(items).toHaveLength(6);
    for (const item of items) {
      const { body } = await world.call('GET', `/api/approvals/${item.approvalId}`, { as: 'otto' });
      const { requester: _same, approvers: _too, ...shared } = item;
      const own = Object.fromEntries(Object.keys(shared).map((key) => [key, body.data[key]]));
      expect({ ...own, stage: item.stage, personasMissing: item.personasMissing }).toEqual(shared);
    }
  });

  test('count what is pending', async () => {
    const count = async (as: string) =>
      (await world.call('GET', `/api/approvals/count/pending?minPosition=${last.position}`, { as })).body;
    expect(await count('rita')).toEqual({ success: true, data: { pendingCount: 3 } });
    expect(await count('otto')).toEqual({ success: true, data: { pendingCount: 5 } });
    expect(await count('mallory')).toEqual({ success: true, data: { pendingCount: 0 } });
  });

  test('give up on a position that does not come', async () => {
    const waiting = await startWorld({
      limits: { positionWaitMs: 50 },
    });
    const answer = await waiting.call('GET', '/api/approvals?minPosition=zzzzzzzzzzzzzzzzzzzz', {
      as: 'otto',
    });
    expect([answer.status, answer.body.code]).toEqual([503, 'position_not_reached']);
    expect(answer.headers.get('retry-after')).toBe('1');
    await waiting.close();
  });
});

describe('personal values', () => {
  test('are read by who may see the request, and are no clear text anywhere in the ledger', async () => {
    const shown = await world.call('GET', at('bobs'), { as: 'dan' });
    expect(shown.body.data.params).toEqual({ customer: { email: 'jo@example.com', id: 7 } });
    const [item] = (await list({ as: 'dan' }, '&action=customer.change')).items;
    expect(item.params).toEqual({ customer: { email: 'jo@example.com', id: 7 } });
    const events = await world.call('GET', at('bobs', '/events'), { as: 'dan' });
    expect(events.text).toContain('$hmac');
    expect(events.text).not.toContain('$sealed');
    const ledger = JSON.stringify(await world.events());
    expect(ledger).not.toContain('jo@example.com');
  });

  test('are gone with their key, and nothing else is', async () => {
    await world.deps.keys.destroy(ids.bobs as string);
    const shown = await world.call('GET', at('bobs'), { as: 'dan' });
    expect(shown.body.data.params.customer.id).toBe(7);
    expect(Object.keys(shown.body.data.params.customer.email)).toEqual(['$hmac']);
    expect(shown.text).not.toContain('$sealed');
  });
});

test('the events of a request, attempts included, in the order of the ledger', async () => {
  await world.call('POST', at('ritas', '/decide'), { as: 'mallory', body: { status: 'approved' } });
  await world.call('POST', at('ritas', '/decide'), { as: 'mallory', body: { status: 'approved' } });
  await world.call('POST', at('ritas', '/decide'), { as: 'bob', body: { status: 'approved' } });
  const { body } = await world.call('GET', at('ritas', '/events'), { as: 'rita' });
  const { items } = body.data;
  expect(items.map((item: { type: string }) => item.type)).toEqual([
    'ApprovalRequested',
    'UnauthorizedAttempted',
    'ApprovalGranted',
    'StageCompleted',
    'RequestApproved',
  ]);
  expect(items[1]).toMatchObject({
    revision: 0,
    actor: { sub: 'mallory', kind: 'human', via: 'api' },
    data: { rule: 'not_on_slate', command: 'Decide' },
  });
  expect(items[3]).toMatchObject({ type: 'StageCompleted', actor: { sub: 'bob' } });
  const positions = items.map((item: { position: string }) => item.position);
  expect(positions).toEqual(positions.toSorted());
});

test('a request past its deadline reads expired everywhere, before any timer', async () => {
  const other = await startWorld();
  const asked = await other.call('POST', '/api/guard/request', {
    as: 'rita',
    body: { action: 'deploy', params: {} },
  });
  const { requestId, token, expiresAt, position } = asked.body;
  other.advance(3_600_001);
  const expired = { outcome: 'expired', by: 'timer', at: expiresAt };
  const shown = await other.call('GET', `/api/approvals/${requestId}`, { as: 'rita' });
  expect(shown.body.data).toMatchObject({ status: 'expired', decision: expired, approver_id: null });
  const waited = await other.call('GET', `/api/guard/wait?token=${token}`);
  expect(waited.body).toMatchObject({ status: 'expired', decision: expired });
  const found = await other.call('GET', `/api/approvals?status=expired&minPosition=${position}`, {
    as: 'rita',
  });
  expect(found.body.data.items[0]).toMatchObject({ status: 'expired', decision: expired });
  expect((await other.events()).map(({ type }) => type)).toEqual(['ApprovalRequested']);
  await other.close();
});

describe('the audit log', () => {
  test('goes page by page through the tenant, and no further', async () => {
    const all: { requestId: string | null; tenant: string | null }[] = [];
    let query = `limit=3&minPosition=${last.position}`;
    for (let pages = 0; pages < 20; pages++) {
      const { body } = await world.call('GET', `/api/audit?${query}`, { as: 'otto' });
      all.push(...body.data.items);
      if (body.data.nextCursor === null) break;
      query = `limit=3&cursor=${body.data.nextCursor}`;
    }
    expect(all.length).toBeGreaterThan(8);
    expect(all.some(({ requestId }) => requestId === ids.acme)).toBe(false);
    expect(new Set(all.map(({ tenant }) => tenant))).toEqual(new Set([null, 'default']));
  });

  test('is filtered by action, status and time', async () => {
    const rows = async (query: string) =>
      (await world.call('GET', `/api/audit?${query}`, { as: 'ada' })).body.data.items;
    expect((await rows('status=rejected')).map((row: { type: string }) => row.type)).toEqual([
      'RequestDenied',
    ]);
    expect(await rows('from=2100-01-01T00:00:00%2B02:00')).toEqual([]);
    expect((await rows('action=deploy.seen')).length).toBe(1);
  });
});

test('who am I?', async () => {
  const { body } = await world.call('GET', '/api/whoami', { as: 'alice' });
  expect(body).toEqual({
    sub: 'alice',
    tenant: 'default',
    kind: 'human',
    roles: ['approver', 'requester'],
    groups: [],
    person: 'alice',
    policy: { groups: [], superApprover: true },
  });
  const ann = await world.call('GET', '/api/whoami', { as: 'ann' });
  expect(ann.body).toMatchObject({ person: 'acme/ann', policy: { groups: ['sre'] } });
});
