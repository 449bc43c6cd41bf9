import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSecrets, type Known } from '@countersign/application';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import express from 'express';
import { type Connection, type Streams, waitSseRoute } from '../../src/streams/index.ts';
import { connect } from './sse-client.ts';
import { openWorld, SECRET, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** The steps of a request, each shown so many turns of the microtask queue after the one before was written. */
function slowly(all: readonly Known[], turns: number): Streams {
  const steps: [Known, ...Known[]] = [all[0] as Known];
  let onChange = () => {};

  async function showNext(): Promise<void> {
    for (let turn = 0; turn < turns; turn++) await undefined;
    const next = all[steps.length];
    if (next) steps.push(next);
    onChange();
  }

  return {
    limits: world.streams.limits,
    waiting: world.streams.waiting,
    watches: {
      count: 1,
      async watch(_requestId, listener) {
        onChange = listener;
        return { steps, stop: () => {} };
      },
    },
    connections: {
      ...world.streams.connections,
      open(req, res) {
        const connection = world.streams.connections.open(req, res);
        const write: Connection['write'] = (frame) => {
          void showNext();
          return connection.write(frame);
        };
        return Object.create(connection, { write: { value: write } }) as Connection;
      },
    },
  };
}

test('what happens in the very moment in which the last frame has gone out is sent as well', async () => {
  const { token, id } = await world.ask('solo');
  await world.decide(id, 'bob');
  const watching = await world.streams.watches.watch(id, () => {});
  const all = [...(watching?.steps ?? [])];
  watching?.stop();
  const { store, feed, keys, logger, closing } = world;
  const secrets = createSecrets(SECRET);
  const deps = { store, feed, keys, logger, secrets, clock: Date.now, closing: closing.signal };
  const app = express();
  for (let turns = 0; turns < 12; turns++) app.get(`/${turns}`, waitSseRoute(deps, slowly(all, turns)));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    for (let turns = 0; turns < 12; turns++) {
      const client = await connect(`http://127.0.0.1:${port}/${turns}?token=${token}`);
      await client.end();
      expect(client.events.map(({ data }) => data.revision)).toEqual(all.map(({ revision }) => revision));
    }
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
