import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { isIPv6, type Socket } from 'node:net';
import type { Express } from 'express';
import type { Tls } from './tls.ts';

export interface StartOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly tls?: Tls | undefined;
  /** Aborted when closing begins; give its signal to the app, so that streams and long polls end. */
  readonly closing?: AbortController | undefined;
  /** How long requests under way may take to finish once closing has begun; default 10,000 ms. */
  readonly graceMs?: number | undefined;
  /** Open connections, streams included; default 20,000. */
  readonly maxConnections?: number | undefined;
}

export interface RunningServer {
  /** `http://127.0.0.1:8080`, without a slash at the end. */
  readonly url: string;
  /** Stops accepting, finishes what has begun, ends streams; cuts what is still open after the grace time. */
  close(): Promise<void>;
}

/** A client that sends its headers or its body drop by drop must not hold a connection for ever. */
const TIMEOUTS = { headersTimeout: 15_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 };
const LIMITS = { maxHeaderSize: 16 * 1024, connectionsCheckingInterval: 5_000 };

/** @throws Error when the address cannot be listened on, or the certificate does not fit its key */
export async function startServer(app: Express, options: StartOptions): Promise<RunningServer> {
  const { host, port, tls, closing, graceMs = 10_000, maxConnections = 20_000 } = options;
  const server = createFor(app, tls);
  server.maxConnections = maxConnections;
  const silent = watchSilent(server, tls ? 'secureConnection' : 'connection');
  await listen(server, host, port);
  const scheme = tls ? 'https' : 'http';
  let closed: Promise<void> | undefined;
  return {
    url: `${scheme}://${isIPv6(host) ? `[${host}]` : host}:${portOf(server)}`,
    close() {
      closed ??= shutDown(server, silent, graceMs, closing);
      return closed;
    },
  };
}

function createFor(app: Express, tls: Tls | undefined): Server {
  if (!tls) return createServer({ ...TIMEOUTS, ...LIMITS }, app);
  const { cert, key, ca, requireClientCert } = tls;
  return createTlsServer(
    {
      ...TIMEOUTS,
      ...LIMITS,
      handshakeTimeout: 10_000,
      minVersion: 'TLSv1.2',
      cert,
      key,
      ...(ca !== undefined && { ca }),
      requestCert: requireClientCert,
      rejectUnauthorized: requireClientCert,
    },
    app,
  );
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** Connections on which nothing has been asked yet; the server itself never calls them idle. */
function watchSilent(server: Server, connected: 'connection' | 'secureConnection'): ReadonlySet<Socket> {
  const silent = new Set<Socket>();
  server.on(connected, (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', ({ socket }) => void silent.delete(socket));
  return silent;
}

async function shutDown(
  server: Server,
  silent: ReadonlySet<Socket>,
  graceMs: number,
  closing?: AbortController,
): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  closing?.abort();
  for (const socket of silent) socket.destroy();
  // What is at work now is idle once it has answered.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await ended;
  clearInterval(idle);
  clearTimeout(cut);
}
