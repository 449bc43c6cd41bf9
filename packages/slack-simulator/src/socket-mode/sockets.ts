import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { isObject, type Json } from '../block-kit/place.ts';
import { answerWithinMs } from '../interactions/delivery.ts';
import type { Delivery } from '../types.ts';
import type { Identity } from '../workspace/identity.ts';

const pingEveryMs = 10_000;
const goodbyeMs = 500;
const ticketsRemembered = 100;

/** The Socket Mode connections of the app. */
export interface Sockets {
  /** Path and query of one more connection, good for one. */
  issue(): string;
  isConnected(): boolean;
  /** Sends a payload over one of the connections, in turn. Never rejects: what was not answered has status 0. */
  send(payload: Json): Promise<Delivery>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Says goodbye, and waits a moment for the app to do so too. */
  close(): Promise<void>;
}

interface Waiting {
  readonly socket: WebSocket;
  readonly answer: (status: number, body: string) => void;
}

export function newSockets(identity: Identity): Sockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: 1_000_000 });
  const tickets = new Set<string>();
  const open: WebSocket[] = [];
  const waiting = new Map<string, Waiting>();
  const pings = setInterval(() => {
    for (const socket of open) socket.ping();
  }, pingEveryMs).unref();

  const connected = (socket: WebSocket): void => {
    open.push(socket);
    socket.on('message', (data) => {
      if (!acknowledge(waiting, String(data))) socket.close(1003, 'not an acknowledgement');
    });
    // What is wrong with a connection ends it, and with it the waiting for its answers.
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      open.splice(open.indexOf(socket), 1);
      for (const one of waiting.values()) if (one.socket === socket) one.answer(0, 'disconnected');
    });
    const info = { app_id: identity.appId };
    socket.send(JSON.stringify({ type: 'hello', num_connections: open.length, connection_info: info }));
  };

  return {
    issue() {
      const ticket = randomBytes(18).toString('base64url');
      tickets.add(ticket);
      for (const oldest of tickets) {
        if (tickets.size <= ticketsRemembered) break;
        tickets.delete(oldest);
      }
      return `/link/?ticket=${ticket}&app_id=${identity.appId}`;
    },
    isConnected: () => open.length > 0,
    send(payload) {
      const socket = open.shift() as WebSocket;
      open.push(socket);
      return deliver(socket, waiting, payload);
    },
    upgrade(request, socket, head) {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      if (pathname !== '/link/' || !tickets.delete(searchParams.get('ticket') ?? '')) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, connected);
    },
    async close() {
      clearInterval(pings);
      tickets.clear();
      await Promise.all(open.map(farewell));
      server.close();
    },
  };
}

async function farewell(socket: WebSocket): Promise<void> {
  const tooLong = setTimeout(() => socket.terminate(), goodbyeMs);
  await new Promise((resolve) => {
    socket.once('close', resolve).close(1001);
  });
  clearTimeout(tooLong);
}

function deliver(socket: WebSocket, waiting: Map<string, Waiting>, payload: Json): Promise<Delivery> {
  const id = randomUUID();
  const accepts = payload.type === 'view_submission';
  const body = JSON.stringify({
    envelope_id: id,
    type: 'interactive',
    accepts_response_payload: accepts,
    payload,
  });
  const began = performance.now();
  return new Promise((resolve) => {
    const answer = (status: number, answered: string): void => {
      clearTimeout(timer);
      waiting.delete(id);
      const request = { url: 'socket', headers: {}, body };
      resolve({ status, body: answered, milliseconds: performance.now() - began, request });
    };
    const timer = setTimeout(() => answer(0, 'operation_timeout'), answerWithinMs);
    waiting.set(id, { socket, answer });
    socket.send(body);
  });
}

/** `{envelope_id, payload?}`. Returns whether it was one; an answer that comes too late is none the worse for it. */
function acknowledge(waiting: Map<string, Waiting>, text: string): boolean {
  const message = parse(text);
  if (!isObject(message) || typeof message.envelope_id !== 'string') return false;
  const { payload } = message;
  const isEmpty = !isObject(payload) || Object.keys(payload).length === 0;
  waiting.get(message.envelope_id)?.answer(200, isEmpty ? '' : JSON.stringify(payload));
  return true;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
