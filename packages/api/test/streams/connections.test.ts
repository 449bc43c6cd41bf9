import { connect as connectSocket, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { connect } from './sse-client.ts';
import { openWorld, until, type World, type WorldOptions } from './world.ts';

let world: World;
const start = async (options: WorldOptions) => {
  world = await openWorld(options);
};
afterEach(() => world.close());

/** A client that sends its request and then never reads. */
async function unreading(path: string): Promise<Socket> {
  const socket = connectSocket({ port: world.port, host: '127.0.0.1' });
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.on('error', () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  return socket;
}

/** Events of about 8 kB each. */
async function flood(events: number): Promise<void> {
  const note = 'x'.repeat(8000);
  await Promise.all(Array.from({ length: events }, () => world.ask('solo', { note })));
}

describe('open streams', () => {
  test('a client that does not read is cut, and nobody else notices', async () => {
    await start({ limits: { maxBufferedBytes: 200_000, heartbeatMs: 60_000 } });
    const reader = await connect(`${world.url}/api/events/stream`);
    const slow = await unreading('/api/events/stream');
    await until(() => world.feed.health().subscribers === 2, 'both are open');
    let sent = 0;
    while (world.streams.connections.stats().slow === 0 && sent < 5000) {
      await flood(200);
      sent += 200;
    }
    expect(world.streams.connections.stats()).toMatchObject({ open: 1, slow: 1 });
    await until(() => world.feed.health().subscribers === 1, 'its subscription is gone');
    await reader.count(sent);
    expect(reader.events).toHaveLength(sent);
    expect(world.log.some((line) => line.includes('"scope":"stream.slow_client"'))).toBe(true);
    slow.destroy();
    reader.drop();
  });

  test('one that stops reading with a little unsent is cut between two heartbeats', async () => {
    await start({ limits: { heartbeatMs: 30, maxBufferedBytes: 1e9 } });
    const slow = await unreading('/api/events/stream');
    await until(() => world.streams.connections.stats().open === 1, 'it is open');
    for (let round = 0; round < 100 && world.streams.connections.stats().slow === 0; round++)
      await flood(100);
    await until(() => world.streams.connections.stats().slow === 1, 'it is cut');
    await until(() => world.streams.connections.stats().open === 0, 'it is gone');
    slow.destroy();
  });

  test('one that resumes far back and reads slowly gets all of it, at its own pace', async () => {
    await start({ ringSize: 4, limits: { maxBufferedBytes: 100_000, heartbeatMs: 60_000 } });
    await flood(400);
    const patient = await connect(`${world.url}/api/events/stream?after=`);
    await patient.count(400);
    expect(world.streams.connections.stats().slow).toBe(0);
    expect(patient.events).toHaveLength(400);
    patient.drop();
  });

  test('their number is bounded; one that closes makes room', async () => {
    await start({ limits: { maxStreams: 2 } });
    const { token } = await world.ask();
    const one = await connect(`${world.url}/api/events/stream`);
    const two = await connect(`${world.url}/api/guard/wait-sse?token=${token}`);
    for (const path of ['/api/events/stream', `/api/guard/wait-sse?token=${token}`]) {
      const refused = await connect(`${world.url}${path}`);
      await refused.end();
      expect(refused.status).toBe(503);
      expect(refused.headers['retry-after']).toBe('5');
      expect(JSON.parse(refused.body)).toMatchObject({ code: 'too_many_streams' });
    }
    expect(world.streams.connections.stats()).toEqual({ open: 2, refused: 2, slow: 0 });
    one.drop();
    await until(() => world.streams.connections.stats().open === 1, 'one has left');
    const three = await connect(`${world.url}/api/events/stream`);
    expect(three.status).toBe(200);
    two.drop();
    three.drop();
  });

  test('clients that leave take everything with them', async () => {
    await start({});
    const { token } = await world.ask();
    const clients = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        connect(`${world.url}${i % 2 ? '/api/events/stream' : `/api/guard/wait-sse?token=${token}`}`),
      ),
    );
    await until(() => world.feed.health().subscribers === 10, 'all are open');
    expect(world.feed.health().waiters).toBe(1);
    expect(world.streams.watches.count).toBe(1);
    for (const client of clients) client.drop();
    await until(() => world.streams.connections.stats().open === 0, 'all have left');
    expect(world.feed.health()).toMatchObject({ subscribers: 0, waiters: 0 });
    expect(world.streams.watches.count).toBe(0);
  });

  test('the live feed ends when it has been open long enough, and goes on where it was', async () => {
    await start({ limits: { heartbeatMs: 20, maxFeedAgeMs: 100 } });
    const client = await connect(`${world.url}/api/events/stream`);
    await client.end();
    const { position } = await world.ask();
    const again = await connect(`${world.url}/api/events/stream`, { 'last-event-id': client.lastEventId });
    await again.count(1);
    expect(again.events[0]?.id).toBe(position);
    again.drop();
  });

  test('a server that closes ends them and takes no more', async () => {
    await start({});
    const { token } = await world.ask();
    const clients = [
      await connect(`${world.url}/api/events/stream`),
      await connect(`${world.url}/api/guard/wait-sse?token=${token}`),
    ];
    world.closing.abort();
    for (const client of clients) await client.end();
    const late = await connect(`${world.url}/api/events/stream`);
    await late.end();
    expect(late.status).toBe(503);
  });

  test('HEAD tells the headers and holds nothing open', async () => {
    await start({});
    const answer = await fetch(`${world.url}/api/events/stream`, { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    await until(() => world.streams.connections.stats().open === 0, 'nothing is open');
  });
});
