import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { type Call, type Connection, headersOf, type Reply, urlOf } from '../client/http.ts';
import { ProblemError, toProblem } from '../client/problem.ts';

/** Sends each call once, over connections that are kept. Lean: what the client itself takes is measured as well. */
export interface Sender {
  send<T>(connection: Connection, call: Call): Promise<Omit<Reply<T>, 'headers'>>;
  close(): void;
}

const TIMEOUT_MS = 30_000;

export function createSender(): Sender {
  const options = { keepAlive: true, scheduling: 'lifo' } as const;
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };

  function exchange(connection: Connection, call: Call): Promise<IncomingMessage> {
    const url = urlOf(connection.url, call);
    const secure = url.protocol === 'https:';
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    return new Promise((resolve, reject) => {
      const request = (secure ? requestHttps : requestHttp)(url, {
        method: call.method ?? 'GET',
        agent: agents[secure ? 'https:' : 'http:'],
        headers: {
          ...headersOf(connection, call),
          ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
        },
        timeout: call.timeoutMs ?? TIMEOUT_MS,
        ...(call.signal && { signal: call.signal }),
      });
      request.on('response', resolve).on('error', reject);
      request.on('timeout', () => request.destroy(new Error('no answer in time')));
      request.end(body);
    });
  }

  return {
    async send<T>(connection: Connection, call: Call) {
      const response = await exchange(connection, call);
      const body: unknown = JSON.parse(await text(response));
      const status = response.statusCode ?? 0;
      if (status >= 400) throw new ProblemError(toProblem(status, body));
      return { status, body: body as T };
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}
