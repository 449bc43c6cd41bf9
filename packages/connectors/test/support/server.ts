import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly Received[];
  /** Connections ever made to it. */
  readonly connections: () => number;
  close(): Promise<void>;
}

export type Behaviour = (request: Received, response: ServerResponse) => void | Promise<void>;

/** A real HTTP server on loopback that keeps what it received. A behaviour that throws answers 599 with the message. */
export async function startServer(
  behaviour: Behaviour,
  tls?: { readonly key: string; readonly cert: string },
): Promise<TestServer> {
  const requests: Received[] = [];
  let connections = 0;
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      return; // The client is gone.
    }
    const { method = '', url: path = '', headers } = request;
    const received = { method, path, headers, body: Buffer.concat(chunks) };
    requests.push(received);
    try {
      await behaviour(received, response);
    } catch (error) {
      if (!response.headersSent) response.writeHead(599, { 'content-type': 'text/plain' });
      response.end(String(error));
    }
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    requests,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with JSON. */
export function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

/** Breaks the connection without another word. */
export function hangUp(response: ServerResponse): void {
  response.socket?.destroy();
}

/** Begins an answer and breaks off in the middle. */
export function cutOff(response: ServerResponse, status: number, start: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': String(start.length + 100),
  });
  response.write(start, () => response.socket?.destroy());
}

/** A port on loopback where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await startServer(() => {});
  await server.close();
  return server.port;
}
