import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the outside world does with a call: a status and perhaps a body, no answer at all, or one that waits. */
export type Reaction =
  | { readonly status: number; readonly body?: unknown; readonly retryAfter?: string }
  | { readonly hangUp: true }
  | { readonly after: Promise<void> };

export interface Call {
  readonly path: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly body: any;
  readonly id: string;
}

/** A receiver of webhooks, over real HTTP. */
export interface Outside {
  readonly url: string;
  readonly calls: readonly Call[];
  /** What the next calls meet, in their order; afterwards, and without any, all goes well. */
  next(...reactions: readonly Reaction[]): void;
  reset(): void;
  close(): Promise<void>;
}

export async function startOutside(): Promise<Outside> {
  const calls: Call[] = [];
  let planned: Reaction[] = [];

  async function take(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    calls.push({ path: req.url ?? '', body, id: String(req.headers['webhook-id']) });
    const reaction = planned.shift() ?? { status: 201 };
    if ('hangUp' in reaction) {
      req.socket.destroy();
      return;
    }
    if ('after' in reaction) await reaction.after;
    const { status = 201, body: told, retryAfter } = 'status' in reaction ? reaction : {};
    res.writeHead(status, {
      'content-type': 'application/json',
      ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
    });
    res.end(JSON.stringify(told ?? { id: calls.length, url: `http://outside/${calls.length}` }));
  }

  const server = createServer((req, res) => void take(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    next: (...reactions) => void planned.push(...reactions),
    reset() {
      calls.length = 0;
      planned = [];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
