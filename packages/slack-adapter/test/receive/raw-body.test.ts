import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type BodyBounds, type BodyRefused, readRawBody } from '../../src/receive/raw-body.ts';

const servers: http.Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
});

/** What reading comes to when these bytes follow the headers; `end` closes the connection after them. */
async function read(
  bounds: BodyBounds,
  headers: string,
  sent: string,
  end = false,
): Promise<Buffer | number> {
  const server = http.createServer();
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const outcome = once(server, 'request').then(([req]) =>
    readRawBody(req, bounds).catch((error: BodyRefused) => error.status),
  );
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${sent}`);
  if (end) socket.end();
  const result = await outcome;
  socket.destroy();
  return result;
}

const bounds = { maxBytes: 10, timeoutMs: 5000 };

describe('a body', () => {
  test('is read to the last byte, as it came', async () => {
    expect(await read(bounds, 'Content-Length: 10', 'a=%C3%A4&b=')).toEqual(Buffer.from('a=%C3%A4&b'));
    expect(await read(bounds, 'Content-Length: 0', '')).toEqual(Buffer.alloc(0));
  });

  test('that is too large is refused before it is read, or as soon as it shows', async () => {
    expect(await read(bounds, 'Content-Length: 11', '')).toBe(413);
    expect(await read(bounds, 'Transfer-Encoding: chunked', 'b\r\n12345678901\r\n')).toBe(413);
  });

  test('that does not come is not waited for', async () => {
    expect(await read({ maxBytes: 10, timeoutMs: 50 }, 'Content-Length: 10', '12345')).toBe(408);
  });

  test('that ends too soon is refused', async () => {
    expect(await read(bounds, 'Content-Length: 10', '12345', true)).toBe(400);
  });
});
