import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';

/**
 * The yardstick: an event stream server that does nothing but one `res.write` per client, of the bytes that the
 * product sends. The frame is in the file FRAME; MARK in it stands for what was posted. Stores nothing.
 */
const { FRAME = '', PORT = '' } = process.env;
const frame = readFileSync(FRAME, 'utf8');
const clients = new Set<ServerResponse>();

const server = createServer(async (req, res) => {
  if (req.method === 'POST') {
    let body = '';
    for await (const chunk of req) body += chunk;
    const text = frame.replace('MARK', JSON.parse(body).params.mark);
    for (const client of clients) client.write(text);
    res.writeHead(201, { 'Content-Type': 'application/json' }).end('{}');
  } else if (req.url === '/api/events/stream') {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
    res.write('retry: 3000\n\n');
    clients.add(res);
    res.once('close', () => clients.delete(res));
  } else {
    res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
  }
});
server.listen(Number(PORT), '127.0.0.1');
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
