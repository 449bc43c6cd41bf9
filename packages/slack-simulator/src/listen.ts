import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { isMeantForUs } from './loopback.ts';
import type { Sockets } from './socket-mode/sockets.ts';

export interface Listener {
  /** `127.0.0.1:4711`; only once it listens. */
  authority(): string;
  /** @throws Error when the port is taken */
  listen(host: string, port: number): Promise<void>;
  /** Cuts every connection. */
  close(): Promise<void>;
}

/** HTTP and WebSockets on one port. */
export function newListener(app: Express, sockets: Sockets): Listener {
  const server = http.createServer(app);
  server.on('upgrade', (request, socket, head) => {
    if (isMeantForUs(request)) sockets.upgrade(request, socket, head);
    else socket.destroy();
  });
  return {
    authority() {
      const { address, port } = server.address() as AddressInfo;
      return `${address.includes(':') ? `[${address}]` : address}:${port}`;
    },
    async listen(host, port) {
      server.listen(port, host);
      await once(server, 'listening');
    },
    async close() {
      const closed = server.listening ? once(server, 'close') : undefined;
      server.close();
      await sockets.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
