import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

export interface Call {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly token: string;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
}

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked by what is done with them
  readonly body: any;
  readonly milliseconds: number;
}

/** The server's HTTP API over connections that are kept open. */
export interface Api {
  /** Sends once; a 503 or 429 is sent again after a pause, so that what is sent must bear repetition. */
  send(call: Call): Promise<Reply>;
  /** How often it did so. */
  readonly repeats: number;
  close(): Promise<void>;
}

const MAX_TRIES = 20;
const PAUSE_MS = 250;

export function openApi(url: string, connections: number): Api {
  const pool = new Pool(url, { connections, pipelining: 1 });
  let repeats = 0;

  async function once({ method = 'GET', path, token, body, idempotencyKey }: Call): Promise<Reply> {
    const began = performance.now();
    const response = await pool.request({
      method,
      path,
      headers: {
        authorization: `Bearer ${token}`,
        ...(method === 'POST' && { 'content-type': 'application/json', 'x-puddlejumper-request': 'true' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    return { status: response.statusCode, body: JSON.parse(text), milliseconds: performance.now() - began };
  }

  return {
    async send(call) {
      for (let tries = 1; ; tries++) {
        const reply = await once(call);
        const later = reply.status === 503 || reply.status === 429;
        if (!later || tries === MAX_TRIES) return reply;
        repeats++;
        await sleep(PAUSE_MS);
      }
    },
    get repeats() {
      return repeats;
    },
    close: () => pool.close(),
  };
}

/** @throws Error naming the call and the problem when the answer is not the one expected */
export function expectStatus(reply: Reply, statuses: readonly number[], what: string): Reply {
  if (statuses.includes(reply.status)) return reply;
  const { code, detail } = reply.body ?? {};
  throw new Error(`${what}: ${reply.status} ${code ?? ''} ${detail ?? JSON.stringify(reply.body)}`);
}
