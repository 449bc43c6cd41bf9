import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Sent } from '../support/caller.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const ASK = '/api/guard/request';
const body = { action: 'deploy', params: { version: '1' } };
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

interface Case {
  readonly name: string;
  readonly method?: string;
  readonly path: string | (() => string);
  readonly sent: Sent | (() => Promise<Sent>);
  readonly status: number;
  readonly code: string;
  /** What the ledger holds afterwards beyond what it held before: types of events. */
  readonly recorded?: readonly string[];
  /** Member of the problem document, or of its first error. */
  readonly has?: Record<string, unknown>;
}

let open: { requestId: string; token: string };
let decided: { requestId: string };
let foreign: { requestId: string };
beforeEach(async () => {
  const ask = async (as: string) => (await world.call('POST', ASK, { as, body })).body;
  open = await ask('rita');
  decided = await ask('rita');
  foreign = await ask('rita');
  const denied = await world.call('POST', `/api/approvals/${decided.requestId}/decide`, {
    as: 'bob',
    body: { status: 'rejected', note: 'no' },
  });
  expect(denied.status).toBe(200);
});

const onOpen = (rest: string) => () => `/api/approvals/${open.requestId}/${rest}`;
const onDecided = (rest: string) => () => `/api/approvals/${decided.requestId}/${rest}`;
const approve = { status: 'approved' };
const UNKNOWN_ID = '01920000-0000-7000-8000-000000000000';

const cases: readonly Case[] = [
  // what is asked
  {
    name: 'an unknown action',
    path: ASK,
    sent: { as: 'rita', body: { action: 'nuke', params: {} } },
    status: 422,
    code: 'unknown_action',
  },
  {
    name: 'an unknown field',
    path: ASK,
    sent: { as: 'rita', body: { ...body, prams: {} } },
    status: 400,
    code: 'invalid_body',
    has: { pointer: '/prams' },
  },
  {
    name: 'a missing field',
    path: ASK,
    sent: { as: 'rita', body: { action: 'deploy' } },
    status: 400,
    code: 'invalid_body',
    has: { pointer: '/params' },
  },
  {
    name: 'a wrong type',
    path: ASK,
    sent: { as: 'rita', body: { action: 'deploy', params: [] } },
    status: 400,
    code: 'invalid_body',
    has: { pointer: '/params' },
  },
  {
    name: 'an action with characters that none has',
    path: ASK,
    sent: { as: 'rita', body: { action: 'deploy now', params: {} } },
    status: 400,
    code: 'invalid_body',
    has: { pointer: '/action' },
  },
  {
    name: 'state of more than 4 KiB',
    path: ASK,
    sent: { as: 'rita', body: { ...body, state: 'x'.repeat(4095) } },
    status: 400,
    code: 'invalid_body',
    has: { pointer: '/state' },
  },
  {
    name: 'a body that is a list',
    path: ASK,
    sent: { as: 'rita', text: '[]' },
    status: 400,
    code: 'invalid_body',
  },
  {
    name: 'malformed JSON',
    path: ASK,
    sent: { as: 'rita', text: '{"a":' },
    status: 400,
    code: 'malformed_json',
  },
  {
    name: 'no body',
    path: ASK,
    sent: { as: 'rita' },
    status: 400,
    code: 'invalid_body',
  },
  {
    name: 'a body that grows beyond what the store takes when it is written out',
    path: ASK,
    // Five characters here, 21 in canonical JSON.
    sent: { as: 'rita', text: `{"action":"deploy","params":{"n":[${'1e20,'.repeat(50_000)}0]}}` },
    status: 413,
    code: 'body_too_large',
  },
  {
    name: 'an oversize body',
    path: ASK,
    sent: { as: 'rita', body: { ...body, params: { x: 'x'.repeat(262_144) } } },
    status: 413,
    code: 'body_too_large',
  },
  {
    name: 'a body that is no JSON by its own account',
    path: ASK,
    sent: { as: 'rita', text: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    name: 'parameters nested too deeply',
    path: ASK,
    sent: { as: 'rita', text: `{"action":"deploy","params":{"x":${nested(150)}}}` },
    status: 400,
    code: 'invalid_body',
  },
  {
    name: 'parameters nested so deeply that recursion would end',
    path: ASK,
    sent: { as: 'rita', text: `{"action":"deploy","params":{"x":${nested(60_000)}}}` },
    status: 400,
    code: 'invalid_body',
  },
  {
    name: 'a lone surrogate',
    path: ASK,
    sent: { as: 'rita', text: '{"action":"deploy","params":{"x":"\\ud800"}}' },
    status: 400,
    code: 'invalid_body',
  },
  {
    name: 'a lone surrogate in a name',
    path: ASK,
    sent: { as: 'rita', text: '{"action":"deploy","params":{"\\udfff":1}}' },
    status: 400,
    code: 'invalid_body',
  },
  {
    name: 'a number that no double holds',
    path: ASK,
    sent: { as: 'rita', text: '{"action":"deploy","params":{"x":1e999}}' },
    status: 400,
    code: 'invalid_body',
  },
  {
    name: '__proto__, however it is written',
    path: ASK,
    sent: { as: 'rita', text: '{"action":"deploy","params":{"\\u005f_proto__":{"admin":true}}}' },
    status: 400,
    code: 'invalid_body',
  },
  {
    name: '__proto__ at the top',
    path: ASK,
    sent: { as: 'rita', text: '{"action":"deploy","params":{},"__proto__":{"x":1}}' },
    status: 400,
    code: 'invalid_body',
  },
  {
    name: 'a name that stands for sealed values',
    path: ASK,
    sent: { as: 'rita', body: { action: 'deploy', params: { a: { $hmac: 'x' } } } },
    status: 422,
    code: 'reserved_member',
    has: { pointer: '/params/a/$hmac' },
  },
  {
    name: 'what nobody could approve',
    path: ASK,
    sent: { as: 'rita', body: { action: 'impossible', params: {} } },
    status: 422,
    code: 'unmeetable_requirement',
  },
  {
    name: 'a callback to a host that is not allowed',
    path: ASK,
    sent: { as: 'rita', body: { ...body, callbackUrl: 'https://evil.example.net/x' } },
    status: 422,
    code: 'callback_not_allowed',
  },
  {
    name: 'a previous request that is not there',
    path: ASK,
    sent: { as: 'rita', body: { ...body, previousRequestId: UNKNOWN_ID } },
    status: 422,
    code: 'previous_request_unknown',
  },
  {
    name: 'a previous request that is still open',
    path: ASK,
    sent: async () => ({ as: 'rita', body: { ...body, previousRequestId: open.requestId } }),
    status: 409,
    code: 'previous_request_undecided',
  },
  {
    name: 'an idempotency key of 256 characters',
    path: ASK,
    sent: { as: 'rita', body, headers: { 'idempotency-key': 'k'.repeat(256) } },
    status: 400,
    code: 'invalid_header',
    has: { pointer: 'Idempotency-Key' },
  },
  {
    name: 'asking without the role',
    path: ASK,
    sent: { as: 'carol', body },
    status: 403,
    code: 'role_missing',
  },

  // who asks
  { name: 'no token', path: ASK, sent: { body }, status: 401, code: 'unauthenticated' },
  {
    name: 'a token that is none',
    path: ASK,
    sent: { bearer: 'x.y.z', body },
    status: 401,
    code: 'token_invalid',
  },
  {
    name: 'an expired token',
    path: ASK,
    sent: { as: { sub: 'rita', roles: ['requester'], exp: 1_700_000_000 }, body },
    status: 401,
    code: 'token_expired',
  },
  {
    name: 'a wait token that asks',
    path: ASK,
    sent: async () => ({ bearer: open.token, body }),
    status: 403,
    code: 'forbidden',
  },

  // what is decided
  {
    name: 'an unknown id',
    path: `/api/approvals/${UNKNOWN_ID}/decide`,
    sent: { as: 'bob', body: approve },
    status: 404,
    code: 'not_found',
  },
  {
    name: 'an id that can be none',
    path: '/api/approvals/..%2Fpolicy/decide',
    sent: { as: 'bob', body: approve },
    status: 404,
    code: 'not_found',
  },
  {
    name: 'a path that cannot be decoded',
    path: '/api/approvals/%ZZ/decide',
    sent: { as: 'bob', body: approve },
    status: 400,
    code: 'malformed_url',
  },
  {
    name: 'the wrong role',
    path: onOpen('decide'),
    sent: { as: 'rita', body: approve },
    status: 403,
    code: 'role_missing',
    recorded: ['UnauthorizedAttempted'],
  },
  {
    name: 'a machine',
    path: onOpen('decide'),
    sent: { as: 'bot', body: approve },
    status: 403,
    code: 'machine_may_not_decide',
    recorded: ['UnauthorizedAttempted'],
  },
  {
    name: 'an unlisted approver',
    path: onOpen('decide'),
    sent: { as: 'mallory', body: approve },
    status: 403,
    code: 'not_on_slate',
    recorded: ['UnauthorizedAttempted'],
  },
  {
    name: 'another tenant',
    path: () => `/api/approvals/${foreign.requestId}/decide`,
    sent: { as: 'ann', body: approve },
    status: 404,
    code: 'not_found',
  },
  {
    name: 'a decided request',
    path: onDecided('decide'),
    sent: { as: 'carol', body: approve },
    status: 409,
    code: 'already_decided',
    has: { outcome: 'denied', by: 'bob' },
  },
  {
    name: 'a missing CSRF header',
    path: onOpen('decide'),
    sent: { as: 'bob', body: approve, csrf: false },
    status: 403,
    code: 'csrf_header_missing',
  },
  {
    name: 'a CSRF header with another value',
    path: onOpen('decide'),
    sent: { as: 'bob', body: approve, headers: { 'x-puddlejumper-request': '1' } },
    status: 403,
    code: 'csrf_header_missing',
  },
  {
    name: 'a stale If-Match',
    path: onOpen('decide'),
    sent: { as: 'bob', body: approve, headers: { 'if-match': '"7"' } },
    status: 412,
    code: 'stale_revision',
    has: { revision: 0 },
  },
  {
    name: 'an If-Match that names no revision',
    path: onOpen('decide'),
    sent: { as: 'bob', body: approve, headers: { 'if-match': 'W/"0"' } },
    status: 400,
    code: 'invalid_header',
  },
  {
    name: 'a stale hash',
    path: onOpen('decide'),
    sent: { as: 'bob', body: { ...approve, paramsHash: `sha256:${'0'.repeat(64)}` } },
    status: 412,
    code: 'stale_plan',
  },
  {
    name: 'a hash that is none',
    path: onOpen('decide'),
    sent: { as: 'bob', body: { ...approve, paramsHash: 'abc' } },
    status: 400,
    code: 'invalid_body',
  },
  {
    name: 'a stage that is not being decided',
    path: onOpen('decide'),
    sent: { as: 'bob', body: { ...approve, stage: 'owner' } },
    status: 409,
    code: 'wrong_stage',
  },
  {
    name: 'a verdict that is none',
    path: onOpen('decide'),
    sent: { as: 'bob', body: { status: 'maybe' } },
    status: 400,
    code: 'invalid_body',
    has: { pointer: '/status' },
  },
  {
    name: 'an edit where none is allowed',
    path: onOpen('decide'),
    sent: { as: 'bob', body: { ...approve, overrides: { version: '2' } } },
    status: 422,
    code: 'overrides_not_allowed',
  },
  {
    name: 'a persona that the request has not',
    path: onOpen('personas/on-call/ack'),
    sent: { as: 'bob' },
    status: 404,
    code: 'unknown_persona',
  },
  {
    name: 'cancelling what somebody else asked',
    path: onOpen('cancel'),
    sent: { as: 'bob' },
    status: 403,
    code: 'not_requester',
    recorded: ['UnauthorizedAttempted'],
  },
  {
    name: 'breaking the glass without being a super-approver',
    path: onOpen('break-glass'),
    sent: { as: 'bob', body: { status: 'approved', reason: 'Slack is down and we must go on' } },
    status: 403,
    code: 'not_super_approver',
    recorded: ['UnauthorizedAttempted'],
  },
  {
    name: 'breaking the glass with hardly a reason',
    path: onOpen('break-glass'),
    sent: { as: 'alice', body: { status: 'approved', reason: ' because ' } },
    status: 422,
    code: 'reason_too_short',
  },
  {
    name: 'a review of nothing',
    path: onOpen('break-glass/review'),
    sent: { as: 'zoe' },
    status: 409,
    code: 'nothing_to_review',
  },
  {
    name: 'a wait token that decides',
    path: onOpen('decide'),
    sent: async () => ({ bearer: open.token, body: approve }),
    status: 403,
    code: 'forbidden',
  },
  {
    name: 'an auditor who decides',
    path: onOpen('decide'),
    sent: { as: 'otto', body: approve },
    status: 403,
    code: 'role_missing',
    recorded: ['UnauthorizedAttempted'],
  },
  {
    name: 'an admin who is on no slate',
    path: onOpen('decide'),
    sent: { as: 'ada', body: approve },
    status: 403,
    code: 'not_on_slate',
    recorded: ['UnauthorizedAttempted'],
  },

  // what is read
  {
    name: 'a route that is not there',
    method: 'GET',
    path: '/api/nothing',
    sent: { as: 'bob' },
    status: 404,
    code: 'unknown_route',
  },
  {
    name: 'a method that is not possible',
    method: 'PUT',
    path: ASK,
    sent: { as: 'rita', body },
    status: 405,
    code: 'method_not_allowed',
  },
  {
    name: 'a limit above 200',
    method: 'GET',
    path: '/api/approvals?limit=201',
    sent: { as: 'bob' },
    status: 400,
    code: 'invalid_query',
    has: { pointer: '/limit' },
  },
  {
    name: 'a status that is none',
    method: 'GET',
    path: '/api/approvals?status=done',
    sent: { as: 'bob' },
    status: 400,
    code: 'invalid_query',
  },
  {
    name: 'a parameter that is not known',
    method: 'GET',
    path: '/api/approvals?state=pending',
    sent: { as: 'bob' },
    status: 400,
    code: 'invalid_query',
  },
  {
    name: 'a parameter given twice',
    method: 'GET',
    path: '/api/approvals?limit=1&limit=2',
    sent: { as: 'bob' },
    status: 400,
    code: 'invalid_query',
  },
  {
    name: 'the audit log without the role',
    method: 'GET',
    path: '/api/audit',
    sent: { as: 'bob' },
    status: 403,
    code: 'role_missing',
  },
  {
    name: 'a cursor that no page gave',
    method: 'GET',
    path: '/api/audit?cursor=abc',
    sent: { as: 'otto' },
    status: 400,
    code: 'invalid_query',
    has: { pointer: '/cursor' },
  },
  {
    name: 'a wait token that is not ours',
    method: 'GET',
    path: `/api/guard/wait?token=${UNKNOWN_ID}.abcdef`,
    sent: {},
    status: 404,
    code: 'wait_token_unknown',
  },
  {
    name: 'administration without its token',
    path: '/api/admin/reload-policy',
    sent: { as: 'ada' },
    status: 401,
    code: 'unauthenticated',
  },
  {
    name: 'administration with another token',
    path: '/api/admin/reload-policy',
    sent: { headers: { 'x-admin-token': 'guess' } },
    status: 403,
    code: 'forbidden',
  },
  {
    name: 'a rebuild of a view that is not there',
    path: '/api/admin/projections/nothing/rebuild',
    sent: { headers: { 'x-admin-token': 'the-admin-token-of-these-tests' } },
    status: 404,
    code: 'unknown_projection',
  },
];

describe('bad input gets a stable code, and leaves the ledger as it was', () => {
  test.each(cases)(
    '$name → $status $code',
    async ({ method = 'POST', path, sent, status, code, recorded = [], has }) => {
      const before = await world.events();
      const where = typeof path === 'function' ? path() : path;
      const answer = await world.call(method, where, typeof sent === 'function' ? await sent() : sent);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(answer.body).toMatchObject({ status, type: `urn:countersign:problem:${code}` });
      if (has) expect({ ...answer.body.errors?.[0], ...answer.body }).toMatchObject(has);
      const after = await world.events();
      expect(after.slice(before.length).map((event) => event.type)).toEqual(recorded);
    },
  );
});

test('the requester has no vote on the own request, even as an approver', async () => {
  const { body: own } = await world.call('POST', ASK, { as: 'bob', body });
  const before = (await world.events()).length;
  const answer = await world.call('POST', `/api/approvals/${own.requestId}/decide`, {
    as: 'bob',
    body: approve,
  });
  expect([answer.status, answer.body.code]).toEqual([403, 'self_approval']);
  const added = (await world.events()).slice(before);
  expect(added.map(({ stream, type }) => [stream, type])).toEqual([
    [`attempt-${own.requestId}`, 'UnauthorizedAttempted'],
  ]);
});

test('a click after the deadline is refused although no timer has run, and records the expiry', async () => {
  const before = (await world.events()).length;
  world.advance(3_600_000);
  const late = await world.call('POST', `/api/approvals/${open.requestId}/decide`, {
    as: 'bob',
    body: approve,
  });
  expect([late.status, late.body.code]).toEqual([409, 'expired']);
  expect((await world.events()).slice(before).map((event) => event.type)).toEqual(['RequestExpired']);
});
