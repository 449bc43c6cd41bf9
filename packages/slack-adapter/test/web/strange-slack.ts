import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from '@jest/globals';

/** One call as it arrived. */
export interface Arrived {
  readonly method: string;
  readonly token: string;
  readonly args: Readonly<Record<string, string>>;
}

export type Behave = (response: ServerResponse, call: Arrived) => void;

export interface StrangeSlack {
  readonly apiUrl: string;
  readonly calls: readonly Arrived[];
  /** How the next calls are answered. */
  behave(behave: Behave): void;
  close(): Promise<void>;
}

const open = new Set<StrangeSlack>();
afterEach(() => Promise.all([...open].map((slack) => slack.close())));

/** Something at Slack's address that answers as a test wants it, well or badly. */
export async function startStrangeSlack(behave: Behave = answerWith({ ok: true })): Promise<StrangeSlack> {
  const calls: Arrived[] = [];
  let behaviour = behave;
  const server = createServer((request, response) => {
    void arrived(request).then((call) => {
      calls.push(call);
      behaviour(response, call);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const slack: StrangeSlack = {
    apiUrl: `http://127.0.0.1:${port}/api/`,
    calls,
    behave(next) {
      behaviour = next;
    },
    async close() {
      open.delete(slack);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  open.add(slack);
  return slack;
}

async function arrived(request: IncomingMessage): Promise<Arrived> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return {
    method: (request.url ?? '').replace('/api/', ''),
    token: (request.headers.authorization ?? '').replace('Bearer ', ''),
    args: Object.fromEntries(new URLSearchParams(body)),
  };
}

export function answerWith(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Behave {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (response) => void response.writeHead(status, headers).end(text);
}
