import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace';
import express from 'express';
import { startTracing, type Tracing } from '../../src/tracing/index.ts';
import { as, ci, human, openWorld, until, type World } from '../streams/world.ts';

const exporter = new InMemorySpanExporter();
const onError = (error: unknown) => {
  throw error;
};
let tracing: Tracing;
let world: World;

beforeAll(async () => {
  tracing = await startTracing({ enabled: true, exporter, serviceVersion: '1.2.3', onError });
  world = await openWorld({
    mount(app, ledger) {
      app.post('/ask/:action', express.json(), async (req, res) => {
        const answer = await ledger.request(
          { action: req.params.action ?? '', params: {}, channel: 'guard' },
          as(ci),
        );
        if (!answer.ok) throw new Error(answer.refusal.detail);
        res.json({ id: answer.approval.request.requestId });
      });
      app.post('/approve/:id', async (req, res) => {
        await ledger.execute(
          { type: 'Decide', requestId: req.params.id, status: 'approved' },
          as(human('bob')),
        );
        res.status(204).end();
      });
    },
  });
});
afterAll(async () => {
  await world.close();
  await tracing.shutdown();
});

const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const APPROVER = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const traceparent = ({ traceId, spanId }: typeof CALLER) => ({ traceparent: `00-${traceId}-${spanId}-01` });

const spans = () => exporter.getFinishedSpans();
const named = (name: string, traceId: string): ReadableSpan | undefined =>
  spans().find((span) => span.name === name && span.spanContext().traceId === traceId);

async function post(path: string, headers: Record<string, string> = {}): Promise<Response> {
  const answer = await fetch(`${world.url}${path}`, { method: 'POST', headers });
  expect(answer.ok).toBe(true);
  return answer;
}

describe('one trace from the request to its end', () => {
  test('across the wait, within the trace of the caller that asked; who approves is linked', async () => {
    const { id } = (await (await post('/ask/solo', traceparent(CALLER))).json()) as { id: string };
    await post(`/approve/${id}`, traceparent(APPROVER));
    await until(() => named('POST /approve/:id', APPROVER.traceId) !== undefined, 'all spans have ended');

    const asked = named('POST /ask/:action', CALLER.traceId);
    const began = named('countersign RequestApproval', CALLER.traceId);
    const decided = named('countersign Decide', CALLER.traceId);
    const approving = named('POST /approve/:id', APPROVER.traceId);
    expect(asked?.parentSpanContext?.spanId).toBe(CALLER.spanId);
    expect(began?.parentSpanContext?.spanId).toBe(asked?.spanContext().spanId);
    expect(decided?.parentSpanContext?.spanId).toBe(began?.spanContext().spanId);
    expect(decided?.links.map(({ context }) => context.spanId)).toEqual([approving?.spanContext().spanId]);
    expect(decided?.attributes).toMatchObject({ 'countersign.request_id': id });
    expect(approving?.parentSpanContext?.spanId).toBe(APPROVER.spanId);
    expect(approving?.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/approve/:id',
      'http.response.status_code': 204,
    });
    expect(asked?.resource.attributes).toMatchObject({
      'service.name': 'countersign',
      'service.version': '1.2.3',
    });
  });

  test('the trace context stands in every event, so that another instance goes on with it', async () => {
    const { id } = (await (await post('/ask/solo', traceparent(CALLER))).json()) as { id: string };
    await post(`/approve/${id}`);
    const events = await world.store.readStream(`approval-${id}`);
    expect(events.length).toBe(4);
    const stored = new Set(
      events.map(({ metadata }) => (JSON.parse(metadata) as { traceparent: string }).traceparent),
    );
    expect(stored.size).toBe(1);
    expect([...stored][0]).toContain(CALLER.traceId);
  });

  test('log lines carry the trace id', async () => {
    const { id } = (await (await post('/ask/solo', traceparent(CALLER))).json()) as { id: string };
    const created = world.log.map((line) => JSON.parse(line)).find(({ requestId }) => requestId === id);
    expect(created).toMatchObject({ scope: 'guard.request.created', traceId: CALLER.traceId });
  });

  test('no span holds a token, a path or a query', async () => {
    const { token } = await world.ask();
    await fetch(`${world.url}/api/guard/wait?token=${token}&timeoutSec=0`);
    await until(() => spans().some(({ name }) => name === 'GET /api/guard/wait'), 'the span has ended');
    const all = JSON.stringify(spans().map(({ name, attributes, events }) => ({ name, attributes, events })));
    expect(all).not.toContain(token);
  });

  test('a second start is refused: there is one tracer for a process', async () => {
    await expect(startTracing({ enabled: true, exporter, onError })).rejects.toThrow('started before');
  });
});

describe('starting', () => {
  const run = async (code: string, env: Record<string, string> = {}) => {
    const module = JSON.stringify(join(import.meta.dirname, '../../src/tracing/index.ts'));
    const script = `import { startTracing } from ${module};\n${code}`;
    const ran = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      env: { ...process.env, NODE_OPTIONS: '', ...env },
    });
    return ran.stdout;
  };
  const span = `import { trace } from '@opentelemetry/api'; trace.getTracer('t').startSpan('tried').end();`;

  test('when off, nothing of the SDK is loaded', async () => {
    const loadedWith = (enabled: boolean) =>
      run(`
      const { registerHooks } = await import('node:module');
      const loaded = [];
      registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
      await startTracing({ enabled: ${enabled}, exporter: 'otlp', onError: console.error });
      console.log(loaded.some((url) => url.includes('sdk-trace')));
      process.exit();`);
    expect((await loadedWith(false)).trim()).toBe('false');
    expect((await loadedWith(true)).trim()).toBe('true');
  });

  test('the console exporter prints spans on standard output', async () => {
    const out = await run(
      `const tracing = await startTracing({ enabled: true, exporter: 'console', onError: console.error }); ${span} await tracing.shutdown();`,
    );
    expect(out).toContain('tried');
  });

  test('the OTLP exporter sends them where the standard variable says, and tells when it cannot', async () => {
    const bodies: string[] = [];
    const collector = createServer((req, res) => {
      let body = '';
      req.setEncoding('utf8').on('data', (text) => (body += text));
      req.on('end', () => {
        bodies.push(`${req.method} ${req.url} ${body}`);
        res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const { port } = collector.address() as AddressInfo;
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '300',
    };
    const code = `const tracing = await startTracing({ enabled: true, exporter: 'otlp', onError: (e) => console.log('told', e.name) }); ${span} await tracing.shutdown();`;
    await run(code, env);
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toMatch(/^POST \/v1\/traces .*"name":"tried"/);
    await new Promise((resolve) => collector.close(resolve));
    expect(await run(code, env)).toContain('told');
  });
});
