import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, jest, test } from '@jest/globals';
import type { App } from '@slack/bolt';
import express, { type RequestHandler } from 'express';
import { boltLogger } from '../../src/receive/bolt-logger.ts';
import { createHttpReceiver } from '../../src/receive/receiver.ts';
import type { SignedRequest } from '../../src/receive/signed.ts';

afterEach(() => {
  jest.useRealTimers();
});

test('a call that Bolt cannot read is answered, told once, and waited for no longer', async () => {
  // Bolt would complain three seconds later that nobody has answered.
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'] });
  const told: string[] = [];
  const logger = boltLogger({ failed: ({ error }) => void told.push((error as Error).message) });
  const guard: RequestHandler = (req: SignedRequest, _res, next) => {
    req.rawBody = Buffer.from('payload={}');
    next();
  };
  const { receiver, handler } = createHttpReceiver({ guard, logger });
  receiver.init({ processEvent: () => Promise.reject(new TypeError('what is this?')) } as unknown as App);
  const server = createServer(express().use(handler));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const url = `http://127.0.0.1:${port}/slack/events`;
    const answer = await fetch(url, { method: 'POST', headers, body: 'payload={}' });
    expect(answer.status).toBe(400);
    jest.advanceTimersByTime(10_000);
    expect(told).toEqual(['a call of Slack could not be read what is this?']);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
