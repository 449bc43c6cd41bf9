import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { POLICY } from '../support/policy.ts';
import { startWorld, type World } from '../support/world.ts';

/** Beside the common actions, two with a plan. */
const POLICY_WITH_PLANS = `${POLICY}
  planned:
    approvers: { groups: [sre] }
    personal: ["/body"]
    plan: [{ connector: webhook, operation: post, input: { url: "https://hook.invalid/{{payload.path}}", body: "{{payload.body}}" } }]
  brought: { approvers: { groups: [sre] }, callerPlan: true }
`;

let world: World;
let open: { requestId: string; token: string };
beforeAll(async () => {
  world = await startWorld({ policy: POLICY_WITH_PLANS, connectors: {} });
  const asked = await world.call('POST', '/api/guard/request', {
    as: 'rita',
    body: { action: 'migrate', params: { batchSize: 1 } },
  });
  open = asked.body;
});
afterAll(() => world.close());

/** Any JSON, often with the names that the body really has, so that checks behind the first one are reached too. */
const anyJson = fc.jsonValue({ maxDepth: 4 });
const anySteps = fc.array(
  fc.oneof(
    anyJson,
    fc.record({
      connector: fc.oneof(fc.constantFrom('webhook', 'github', 'sharepoint'), fc.string()),
      operation: fc.oneof(fc.constantFrom('post', 'open-issue', 'upload-file'), fc.string()),
      input: fc.oneof(fc.record({ url: anyJson, body: anyJson }), anyJson),
    }),
  ),
);
const bodies = fc.oneof(
  anyJson,
  fc.record(
    {
      action: fc.oneof(
        fc.constantFrom('deploy', 'report.x', 'migrate', 'customer.change', '*', ''),
        fc.string(),
      ),
      params: fc.oneof(fc.dictionary(fc.string({ unit: 'binary' }), anyJson), anyJson),
      justification: fc.oneof(fc.string({ unit: 'binary' }), anyJson),
      onBehalfOf: fc.oneof(fc.string({ unit: 'binary' }), anyJson),
      previousRequestId: fc.oneof(fc.string(), fc.uuid()),
      callbackUrl: fc.oneof(fc.webUrl(), fc.string()),
      state: anyJson,
      status: fc.constantFrom('approved', 'rejected', 'denied', 1, null),
      note: fc.oneof(fc.string({ unit: 'binary' }), anyJson),
      paramsHash: fc.oneof(fc.string(), fc.constant(`sha256:${'a'.repeat(64)}`)),
      stage: fc.string({ unit: 'binary' }),
      overrides: fc.oneof(fc.dictionary(fc.string({ unit: 'binary' }), anyJson), anyJson),
      reason: fc.string({ unit: 'binary' }),
      actionId: fc.oneof(fc.constantFrom('planned', 'brought', 'report.x', 'deploy'), fc.string()),
      mode: fc.constantFrom('execute', 'dry-run', 'other'),
      payload: fc.oneof(fc.record({ path: anyJson, body: anyJson, steps: anySteps }), anyJson),
      requestId: fc.string(),
      notBefore: fc.oneof(fc.constant('2030-01-01T00:00:00Z'), fc.string({ unit: 'binary' })),
      dryRun: fc.oneof(fc.boolean(), anyJson),
      planHash: fc.oneof(fc.string(), fc.constant(`sha256:${'a'.repeat(64)}`)),
      timeoutSec: fc.oneof(fc.double(), anyJson),
      outcome: fc.constantFrom('succeeded', 'failed', 'other'),
    },
    { requiredKeys: [] },
  ),
);
const texts = fc.oneof(
  bodies.map((body) => JSON.stringify(body)),
  fc.string({ unit: 'binary' }),
  fc.json(),
);
const posts = () => [
  ['/api/guard/request', 'rita'],
  [`/api/approvals/${open.requestId}/decide`, 'mallory'],
  [`/api/approvals/${open.requestId}/cancel`, 'mallory'],
  [`/api/approvals/${open.requestId}/break-glass`, 'mallory'],
  [`/api/approvals/${open.requestId}/break-glass/review`, 'zoe'],
  [`/api/approvals/${open.requestId}/personas/x/ack`, 'bob'],
  ['/api/pj/execute', 'rita'],
  [`/api/approvals/${open.requestId}/dispatch`, 'ada'],
  [`/api/approvals/${open.requestId}/steps/0/settle`, 'ada'],
];

test('no body whatever makes a server error', async () => {
  const routes = posts();
  await fc.assert(
    fc.asyncProperty(texts, fc.nat(routes.length - 1), async (text, n) => {
      const [path = '', as = ''] = routes[n] ?? [];
      const { status, body } = await world.call('POST', path, { as, text });
      expect(status).toBeLessThan(500);
      if (status >= 400) expect(body.code).toEqual(expect.any(String));
    }),
    { numRuns: 400 },
  );
});

test('no text in place of a field of a decision makes a server error', async () => {
  const decision = fc.record({
    status: fc.constant('approved'),
    overrides: fc.dictionary(fc.string(), anyJson),
  });
  await fc.assert(
    fc.asyncProperty(decision, async (body) => {
      const { status } = await world.call('POST', `/api/approvals/${open.requestId}/decide`, {
        as: 'dan',
        body,
      });
      expect(status).toBeLessThan(500);
    }),
    { numRuns: 100 },
  );
});

test('nothing that is asked to be carried out makes a server error', async () => {
  const asked = fc.record({
    actionId: fc.constantFrom('planned', 'brought'),
    mode: fc.constantFrom('execute', 'dry-run'),
    payload: fc.record({ path: anyJson, body: anyJson, steps: anySteps }, { requiredKeys: [] }),
  });
  await fc.assert(
    fc.asyncProperty(asked, async (body) => {
      const { status, body: answer } = await world.call('POST', '/api/pj/execute', { as: 'rita', body });
      expect(status).toBeLessThan(500);
      if (status !== 202) return;
      const at = `/api/approvals/${answer.approvalId}`;
      expect((await world.call('GET', at, { as: 'rita' })).status).toBe(200);
      const tried = await world.call('POST', `${at}/dispatch`, { as: 'ada', body: { dryRun: true } });
      expect(tried.status).toBe(200);
    }),
    { numRuns: 200 },
  );
  expect((await world.call('GET', '/api/approvals?limit=200', { as: 'ada' })).status).toBe(200);
});

test('no path, query or header makes a server error', async () => {
  const paths = fc.constantFrom(
    (text: string) => `/api/approvals/${text}`,
    (text: string) => `/api/approvals/${text}/events`,
    (text: string) => `/api/approvals/${open.requestId}/personas/${text}/ack`,
    (text: string) => `/api/approvals/${open.requestId}/steps/${text}/settle`,
    (text: string) => `/api/approvals?status=${text}`,
    (text: string) => `/api/approvals?limit=${text}&offset=${text}`,
    (text: string) => `/api/approvals?action=${text}&requester=${text}&rootRequestId=${text}`,
    (text: string) => `/api/approvals?since=${text}`,
    (text: string) => `/api/audit?cursor=${text}`,
    (text: string) => `/api/audit?from=${text}&to=${text}`,
    (text: string) => `/api/audit?action=${text}&requestId=${text}`,
    (text: string) => `/api/guard/wait?timeoutSec=0&token=${text}`,
    (text: string) => `/${text}`,
  );
  const raw = fc.oneof(
    fc.string({ unit: 'binary' }).map((text) => encodeURIComponent(text.toWellFormed())),
    fc.string({ unit: fc.constantFrom('%', '2', 'F', '/', '.', 'a', ';', '&', '=', '[', ']') }),
    fc.constantFrom(
      '.',
      '..',
      '%2e',
      '2026-02-31T00:00:00Z',
      '9999-12-31T23:59:59+23:59',
      '0000-01-01T00:00:00Z',
      '-1',
      '1e3',
    ),
  );
  const headers = fc.record(
    {
      'if-match': fc.string().map((text) => text.replace(/[^\x20-\x7e]/g, '')),
      'x-request-id': fc.string().map((text) => text.replace(/[^\x20-\x7e]/g, '')),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(paths, raw, headers, async (path, text, sent) => {
      const { status } = await world.call('GET', path(text), { as: 'ada', headers: sent });
      expect(status).toBeLessThan(500);
    }),
    { numRuns: 400 },
  );
});
