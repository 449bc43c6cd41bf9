import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

const KEY = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Something at Slack's address that takes Socket Mode connections, and sends whatever a test wants. */
export interface Frames {
  readonly apiUrl: string;
  /** How many connections there have been. */
  connections(): number;
  /** One text frame over the newest connection, of fewer than 126 bytes. */
  send(text: string): void;
  close(): Promise<void>;
}

export async function startFrames(): Promise<Frames> {
  const sockets: Duplex[] = [];
  const server = http.createServer((request, response) => {
    request.resume();
    const { port } = server.address() as AddressInfo;
    response.end(JSON.stringify({ ok: true, url: `ws://127.0.0.1:${port}/` }));
  });
  const send = (text: string) => {
    const bytes = Buffer.from(text);
    sockets.at(-1)?.write(Buffer.concat([Buffer.from([0x81, bytes.length]), bytes]));
  };
  server.on('upgrade', ({ headers }, socket) => {
    const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${KEY}`).digest('base64');
    const lines = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`];
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
    socket.on('error', () => socket.destroy());
    // A goodbye is answered with one.
    socket.on('data', (bytes: Buffer) => bytes[0] === 0x88 && socket.end(Buffer.from([0x88, 0])));
    sockets.push(socket);
    send('{"type":"hello"}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    apiUrl: `http://127.0.0.1:${port}/api/`,
    connections: () => sockets.length,
    send,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
