import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { removeDir, type Server, serve, tempDir, until } from './support.ts';

/** A development server and somebody outside who is called by what was approved. */

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

describe('what was approved is dispatched once', () => {
  const dir = tempDir();
  const received: Received[] = [];
  const outside = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    received.push({ path: req.url ?? '', headers: req.headers, body });
    res
      .writeHead(201, { 'content-type': 'application/json' })
      .end('{"id":"env-1","url":"https://x.example/env-1"}');
  });
  let server: Server;
  let tokens: Readonly<Record<string, string>>;

  beforeAll(async () => {
    outside.listen(0, '127.0.0.1');
    await once(outside, 'listening');
    const { port } = outside.address() as AddressInfo;
    writeFileSync(join(dir, 'policy.yaml'), policyFor(`http://127.0.0.1:${port}`));
    server = await serve(dir, {
      POLICY_PATH: join(dir, 'policy.yaml'),
      WEBHOOK_ALLOW_HTTP: 'true',
      WEBHOOK_ALLOW_ADDRESSES: '127.0.0.1',
      SLACK: 'off',
    });
    ({ tokens } = JSON.parse(readFileSync(join(dir, 'dev-tokens.json'), 'utf8')));
  });
  afterAll(async () => {
    await server.stop();
    outside.close();
    removeDir(dir);
  });

  const call = async (as: string, method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${server.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${tokens[as]}`,
        'content-type': 'application/json',
        'x-puddlejumper-request': 'true',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: each answer has its own shape
    return { status: answer.status, body: (await answer.json()) as any };
  };

  async function approved(action: string, requestId: string): Promise<string> {
    const asked = await call('ci', 'POST', '/api/pj/execute', {
      ...{ actionId: action, mode: 'execute', payload: { name: 'qa' }, requestId },
    });
    expect(asked.status).toBe(202);
    const { approvalId } = asked.body;
    const decided = await call('bob', 'POST', `/api/approvals/${approvalId}/decide`, {
      status: 'approved',
      note: 'ok',
    });
    expect([decided.status, decided.body.data.approval_status]).toEqual([200, 'approved']);
    return approvalId;
  }

  test('64 dispatches at once: one wins, one call outside, its result on the record', async () => {
    const id = await approved('environment.create', 'run-1');
    const answers = await Promise.all(
      Array.from({ length: 64 }, () => call('alice', 'POST', `/api/approvals/${id}/dispatch`, {})),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(63);
    expect(received).toEqual([expect.objectContaining({ path: '/environments', body: { name: 'qa' } })]);
    const key = received[0]?.headers['webhook-id'];
    const { data } = (await call('alice', 'GET', `/api/approvals/${id}`)).body;
    expect(data).toMatchObject({
      approval_status: 'dispatched',
      steps: [{ status: 'succeeded', idempotencyKey: key, result: { id: 'env-1' } }],
    });
    expect(JSON.parse(data.dispatch_result_json)).toMatchObject({ success: true });
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('consume_for_dispatch_success_total 1\n');
    expect(metrics).toContain('consume_for_dispatch_conflict_total 63\n');
    expect(metrics).toContain('dispatch_success_total{connector="webhook"} 1\n');
  });

  test('dispatched by itself once approved, where the policy says so', async () => {
    const id = await approved('environment.prompt', 'run-2');
    await until(async () => {
      const { data } = (await call('alice', 'GET', `/api/approvals/${id}`)).body;
      return data.approval_status === 'dispatched';
    });
    expect(received.filter(({ path }) => path === '/prompt')).toHaveLength(1);
  });

  test('a dry run is never gated, and needs no parameters to be there', async () => {
    const dry = await call('ci', 'POST', '/api/pj/execute', {
      ...{ actionId: 'environment.create', mode: 'dry-run', payload: { name: 'qa' } },
    });
    expect(dry.status).toBe(200);
    expect(dry.body.data.dispatchResult.steps[0].summary).toMatch(/^POST /);
  });

  test('callers of the earlier gate are answered as they type', async () => {
    expect((await call('alice', 'GET', '/health')).body).toMatchObject({ status: 'ok' });
    expect((await call('alice', 'GET', '/api/approvals/count/pending')).body).toMatchObject({
      success: true,
      data: { pendingCount: expect.any(Number) },
    });
    expect((await call('alice', 'GET', '/api/approvals?status=pending&limit=10')).body).toMatchObject({
      success: true,
      data: { items: expect.any(Array), limit: 10 },
    });
  });
});

function policyFor(outside: string): string {
  const step = (path: string) => ({
    connector: 'webhook',
    operation: 'post',
    input: { url: `${outside}${path}`, body: { name: '{{payload.name}}' } },
  });
  return JSON.stringify({
    version: 1,
    groups: { sre: ['bob', 'carol'] },
    actions: {
      'environment.create': { approvers: { groups: ['sre'] }, plan: [step('/environments')] },
      'environment.prompt': {
        approvers: { groups: ['sre'] },
        plan: [step('/prompt')],
        dispatch: 'on-approval',
      },
    },
  });
}
