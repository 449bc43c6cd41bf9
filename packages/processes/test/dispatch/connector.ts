import { request } from 'node:http';
import type { CallOutcome, Connector, ConnectorCall, JsonObject, Reconciled } from '@countersign/domain';

interface Answer {
  readonly status: number;
  readonly body: JsonObject;
  readonly retryAfterMs: number;
}

/** The way to the `Outside`: one operation, `do`, by the name in its input. */
export function outsideConnector(url: string, name = 'outside'): Connector {
  return {
    name,
    operations: ['do'],
    validate: (operation, input) => [
      ...(operation === 'do' ? [] : [{ pointer: '', detail: `${name} has no operation "${operation}"` }]),
      ...(typeof input.name === 'string' ? [] : [{ pointer: '/name', detail: 'must be a text' }]),
    ],
    dryRun: async ({ input, idempotencyKey }) => ({
      summary: `would do ${input.name}, with ${input.text}`,
      details: { input, key: idempotencyKey },
    }),
    execute: (call) => execute(url, call),
    async reconcile(call): Promise<Reconciled> {
      const { idempotencyKey, sentFrom, sentUntil, signal } = call;
      const path = ['things', idempotencyKey, sentFrom, sentUntil].map(encodeURIComponent).join('/');
      try {
        const { status, body, retryAfterMs } = await send('GET', `${url}/${path}`, {}, signal);
        if (status === 200) return { found: 'done', result: body };
        if (status === 404) return { found: 'not_done' };
        if (status === 501) return { found: 'cannot_tell', why: String(body.error) };
        return { found: 'ask_again', why: String(body.error), retryAfterMs };
      } catch (error) {
        return { found: 'ask_again', why: String((error as NodeJS.ErrnoException).code) };
      }
    },
    async health(signal) {
      await send('GET', `${url}/things/health`, {}, signal);
      return { status: 'ok' };
    },
  };
}

async function execute(url: string, { input, idempotencyKey, signal }: ConnectorCall): Promise<CallOutcome> {
  const headers = {
    'idempotency-key': idempotencyKey,
    'x-text': encodeURIComponent(String(input.text ?? '')),
  };
  try {
    const path = `${url}/do/${encodeURIComponent(String(input.name))}`;
    const { status, body, retryAfterMs } = await send('POST', path, headers, signal);
    if (status === 200) return { outcome: 'succeeded', result: body };
    const error = String(body.error);
    return { outcome: 'failed', error, transient: status === 503, ...(retryAfterMs > 0 && { retryAfterMs }) };
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    if (code === 'ECONNREFUSED') return { outcome: 'failed', error: code, transient: true };
    return { outcome: 'unknown', error: code };
  }
}

function send(
  method: string,
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, signal, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', reject).on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: JSON.parse(text),
          retryAfterMs: Number(response.headers['retry-after-ms'] ?? 0),
        }),
      );
    });
    sent.on('error', reject).end();
  });
}
