import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let open: { requestId: string; token: string };
beforeAll(async () => {
  world = await startWorld();
  const asked = await world.call('POST', '/api/guard/request', {
    as: 'rita',
    body: { action: 'migrate', params: { batchSize: 1 } },
  });
  open = asked.body;
});
afterAll(() => world.close());

/** Any JSON, often with the names that the body really has, so that checks behind the first one are reached too. */
const anyJson = fc.jsonValue({ maxDepth: 4 });
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

test('no path, query or header makes a server error', async () => {
  const paths = fc.constantFrom(
    (text: string) => `/api/approvals/${text}`,
    (text: string) => `/api/approvals/${text}/events`,
    (text: string) => `/api/approvals/${open.requestId}/personas/${text}/ack`,
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
