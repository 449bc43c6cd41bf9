import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createApi, openApiDocument, routesOf } from '../../src/index.ts';
import { mounted } from '../support/mounted.ts';
import { PLANS } from '../support/plans.ts';
import { startWorld, type World } from '../support/world.ts';

const SECRET = 'the-webhook-secret-of-these-tests';
const DELIVERY = '72d3162e-cc78-11e3-81ab-4c9367dc0958';

/** As GitHub's description of its webhooks has it, with members that are of no interest here. */
const rule = (more: object = {}) => ({
  action: 'requested',
  environment: 'production',
  event: 'push',
  sha: 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e',
  ref: 'refs/heads/main',
  deployment_callback_url:
    'https://api.github.com/repos/Octo-Org/shop.web/actions/runs/1234567890/deployment_protection_rule',
  deployment: {
    id: 42,
    node_id: 'x',
    sha: 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e',
    ref: 'main',
    environment: 'production',
    creator: { login: 'octocat', id: 1 },
  },
  pull_requests: [{ number: 7, url: 'x' }],
  repository: { id: 1, name: 'shop.web', full_name: 'Octo-Org/shop.web', private: true },
  organization: { login: 'Octo-Org' },
  installation: { id: 99, node_id: 'y' },
  sender: { login: 'octocat' },
  ...more,
});

let world: World;
const start = async (github: object = {}) => {
  world = await startWorld({
    policy: PLANS,
    connectors: {},
    deps: { github: { secrets: [SECRET], ...github } },
  });
};
beforeEach(() => start());
afterEach(() => world.close());

interface Sending {
  readonly event?: string;
  readonly delivery?: string;
  readonly secret?: string;
  readonly headers?: Record<string, string>;
}

async function send(body: unknown, sending: Sending = {}) {
  const { event = 'deployment_protection_rule', delivery = DELIVERY, secret = SECRET, headers } = sending;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(`${world.url}/github/webhook`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': delivery,
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`,
      ...headers,
    },
    body: text,
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

const show = async (id: string) => (await world.call('GET', `/api/approvals/${id}`, { as: 'ada' })).body.data;

describe('a deployment that waits', () => {
  test('becomes a request, which names all that GitHub has to be told', async () => {
    const { status, body } = await send(rule());
    expect([status, body]).toEqual([202, { outcome: 'requested', requestId: expect.any(String) }]);
    expect(await show(body.requestId)).toMatchObject({
      action: 'github.deploy.production',
      status: 'pending',
      tenant: 'default',
      requester: { sub: 'default/github:Octo-Org/shop.web', kind: 'machine', via: 'webhook' },
      justification: 'Run 1234567890 of Octo-Org/shop.web asks to deploy main (f95f852bd8) to production',
      params: {
        repository: 'Octo-Org/shop.web',
        owner: 'Octo-Org',
        repo: 'shop.web',
        environment: 'production',
        ref: 'main',
        sha: 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e',
        event: 'push',
        runId: 1234567890,
        deploymentId: 42,
        installationId: 99,
        creator: 'octocat',
        pullRequests: [7],
      },
    });
    expect(await show(body.requestId)).not.toHaveProperty('onBehalfOf');
    const { data } = (await world.call('GET', `/api/approvals/${body.requestId}/events`, { as: 'ada' })).body;
    expect(data.items[0].data.closing).toEqual({
      connector: 'github',
      operation: 'review-deployment',
      input: { owner: 'Octo-Org', repo: 'shop.web', runId: 1234567890, environment: 'production' },
    });
  });

  test('becomes one, however often it is told of', async () => {
    const first = await send(rule());
    for (const delivery of [DELIVERY, 'another-delivery']) {
      const again = await send(rule(), { delivery });
      expect([again.status, again.body]).toEqual([
        202,
        { outcome: 'known', requestId: first.body.requestId },
      ]);
    }
    const next = await send(rule({ deployment: { ...rule().deployment, id: 43 } }));
    expect(next.body.outcome).toBe('requested');
    expect(next.body.requestId).not.toBe(first.body.requestId);
    const requests = (await world.events()).filter(({ type }) => type === 'ApprovalRequested');
    expect(requests).toHaveLength(2);
  });

  test('is known by its delivery where GitHub makes no deployment of it', async () => {
    const bare = rule({ deployment: null, installation: undefined, pull_requests: [] });
    const first = await send(bare);
    expect((await send(bare)).body.requestId).toBe(first.body.requestId);
    expect((await send(bare, { delivery: 'another' })).body.requestId).not.toBe(first.body.requestId);
    const { params } = await show(first.body.requestId);
    expect(params).toMatchObject({ ref: 'refs/heads/main', creator: 'octocat' });
    for (const absent of ['deploymentId', 'installationId', 'pullRequests'])
      expect(params).not.toHaveProperty(absent);
  });

  test.each([
    ['Stage EU/1', 'github.deploy.stage-eu-1'],
    ['größe', 'github.deploy.gr--e'],
    ['🚀', 'github.deploy.-'],
    ['x'.repeat(255), `github.deploy.${'x'.repeat(186)}`],
  ])('asks for the action of its environment: %s', async (environment, action) => {
    const { body } = await send(rule({ environment }));
    const { params, ...shown } = await show(body.requestId);
    expect([shown.action, params.environment]).toEqual([action, environment]);
  });

  test('of an environment that the policy does not know is refused, and may come again', async () => {
    const bundle = PLANS.replace(/ {2}"github\.deploy\.\*".*\n/, '');
    const change = (text: string) =>
      world.deps.policies.activate({ file: 'p.yaml', text, schemas: {} }, 'test', 'route');
    await change(bundle);
    const refused = await send(rule({ environment: 'staging' }));
    expect([refused.status, refused.body.code]).toEqual([422, 'unknown_action']);
    await change(PLANS);
    expect((await send(rule({ environment: 'staging' }))).body.outcome).toBe('requested');
  });
});

describe('whoever calls', () => {
  test('must have signed with one of the secrets', async () => {
    await world.close();
    await start({ secrets: ['the-new-one', SECRET] });
    expect((await send(rule(), { secret: 'the-new-one' })).status).toBe(202);
    expect((await send(rule())).status).toBe(202);
    for (const sending of [
      { secret: 'another' },
      { secret: '' },
      { headers: { 'x-hub-signature-256': '' } },
      { headers: { 'x-hub-signature-256': 'sha256=' } },
      { headers: { 'x-hub-signature-256': `sha1=${'0'.repeat(64)}` } },
      { headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` } },
    ]) {
      const { status, body } = await send(rule(), sending);
      expect([status, body.code]).toEqual([401, 'bad_signature']);
    }
    const scraped = await world.call('GET', '/metrics');
    expect(scraped.text).toContain('security_events_total{type="bad_signature"} 6');
    expect(world.log.join('')).not.toContain('the-new-one');
  });

  test('must have signed these very bytes', async () => {
    const signature = `sha256=${createHmac('sha256', SECRET).update(JSON.stringify(rule())).digest('hex')}`;
    const headers = { 'x-hub-signature-256': signature };
    expect((await send(JSON.stringify(rule()), { headers })).status).toBe(202);
    expect((await send(`${JSON.stringify(rule())} `, { headers })).status).toBe(401);
    expect((await send('{"ü":"\u{1f680}"}', { event: 'push' })).body).toEqual({ outcome: 'ignored' });
  });

  test('must be of an account that may', async () => {
    await world.close();
    await start({ owners: ['octo-org'], tenant: 'acme' });
    const known = await send(rule());
    expect([known.status, known.body.outcome]).toEqual([202, 'requested']);
    const admin = { sub: 'adam', roles: ['admin'], tenant: 'acme' };
    const shown = await world.call('GET', `/api/approvals/${known.body.requestId}`, { as: admin });
    expect(shown.body.data.requester.sub).toBe('acme/github:Octo-Org/shop.web');
    const other = 'Evil/shop.web';
    const { status, body } = await send(
      rule({
        repository: { full_name: other },
        deployment_callback_url: rule().deployment_callback_url.replace('Octo-Org/shop.web', other),
      }),
    );
    expect([status, body.code]).toEqual([403, 'forbidden']);
  });

  test('may ping, and tell of other things', async () => {
    expect(await send({ zen: 'Keep it logically awesome.' }, { event: 'ping' })).toEqual({
      status: 200,
      body: { outcome: 'pong' },
    });
    for (const [event, body] of [
      ['push', { ref: 'x' }],
      ['deployment_protection_rule', { action: 'created' }],
      ['deployment_protection_rule', []],
      ['deployment_protection_rule', null],
    ] as const)
      expect(await send(body, { event })).toEqual({ status: 202, body: { outcome: 'ignored' } });
    expect(await world.events()).toEqual([]);
  });
});

describe('what is no such event', () => {
  const elsewhere = 'https://api.github.com/repos/a/b/actions/runs/1/deployment_protection_rule';
  test.each([
    ['no environment', { environment: undefined }, '/environment'],
    ['another repository', { deployment_callback_url: elsewhere }, '/deployment_callback_url'],
    ['no address', { deployment_callback_url: 'x' }, '/deployment_callback_url'],
    ['no repository', { repository: { full_name: 'x' } }, '/repository/full_name'],
    ['a way out', { repository: { full_name: 'a/..' } }, '/repository/full_name'],
    ['a deployment without id', { deployment: {} }, '/deployment/id'],
  ])('is refused with the place: %s', async (_what, changes, pointer) => {
    const { status, body } = await send(rule(changes));
    expect([status, body.code, body.errors[0].pointer]).toEqual([400, 'invalid_body', pointer]);
    expect(await world.events()).toEqual([]);
  });

  test('is refused by what carries it', async () => {
    expect((await send('{', {})).body.code).toBe('malformed_json');
    expect((await send(rule(), { event: 'a b' })).body.code).toBe('invalid_header');
    expect((await send(rule(), { delivery: ' ' })).body.code).toBe('invalid_header');
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await send('payload=x', { headers: form })).status).toBe(415);
    const large = await send('x'.repeat(1024 * 1024 + 1));
    expect([large.status, large.body.code]).toEqual([413, 'body_too_large']);
    expect((await send(rule({ filler: 'x'.repeat(500_000) }))).status).toBe(202);
  });
});

describe('a server', () => {
  test('that GitHub calls says so in its description, and any other has no such route', async () => {
    const { paths } = openApiDocument(routesOf(world.deps)) as { paths: Record<string, object> };
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(described.toSorted()).toEqual(mounted(createApi(world.deps)).toSorted());
    expect(described).toContain('post /github/webhook');
    await world.close();
    world = await startWorld();
    expect((await fetch(`${world.url}/github/webhook`, { method: 'POST' })).status).toBe(404);
  });

  test.each([[[]], [['']], [[SECRET, ' ']]])('does not start with secrets that are none: %j', (secrets) => {
    expect(() => createApi({ ...world.deps, github: { secrets } })).toThrow('GITHUB_WEBHOOK_SECRET');
  });
});
