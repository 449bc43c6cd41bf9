import { createServer, type Socket } from 'node:net';
import { expect, jest, test } from '@jest/globals';
import { START } from '../../src/port.ts';
import { events, failure, IMPATIENT, ids, useBench } from './support.ts';

const bench = useBench();

test('reads of a server that accepts and stays silent fail as unavailable in time', async () => {
  const double = await bench.double();
  const { store, told } = bench.open(double.connectionString, IMPATIENT);
  await store.append('approval-1', 'no_stream', events(1));
  double.faults.silent.add('read');
  const began = performance.now();
  for (const read of [store.readStream('approval-1'), store.readLog(START, 10), store.head()]) {
    expect(await failure(read)).toMatchObject({ kind: 'unavailable' });
  }
  expect(performance.now() - began).toBeLessThan(3000);
  expect(await store.health()).toMatchObject({
    status: 'unavailable',
    detail: expect.stringContaining('no answer'),
  });
  expect(told.failures).toHaveLength(4);
  double.faults.silent.clear();
  expect(await store.readStream('approval-1')).toHaveLength(1);
  expect(await store.health()).toEqual({ status: 'ok' });
});

test('a listener that is no server at all holds nothing up', async () => {
  const sockets: Socket[] = [];
  const listener = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = listener.address() as { port: number };
    const { store } = bench.open(`esdb://127.0.0.1:${port}?tls=false`, IMPATIENT);
    const append = failure(store.append('approval-1', 'no_stream', events(1)));
    expect(await failure(store.readStream('approval-1'))).toMatchObject({ kind: 'unavailable' });
    expect(await append).toMatchObject({ kind: 'unknown_outcome' });
    await store.close();
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => listener.close(resolve));
  }
});

test('what others wrote comes out as text and breaks nothing', async () => {
  const double = await bench.double();
  const { store } = bench.open(double.connectionString);
  const odd = [
    { type: 'Broken', data: Buffer.from('{"broken'), metadata: Buffer.from('{"broken') },
    {
      type: 'Json',
      data: Buffer.from('{ "b": 1, "a": [true] }'),
      metadata: Buffer.from('{ "b": 1, "a": 2 }'),
    },
    { type: 'Bytes', contentType: 'application/octet-stream', data: Buffer.from([0xff, 0x00, 0x41]) },
  ];
  for (const event of odd) double.log.write('approval-1', event);
  await store.append('approval-1', 2, events(1, 'Ours'));
  const kept = await store.readStream('approval-1');
  expect(kept.map(({ type, data, metadata }) => [type, data, metadata])).toEqual([
    ['Broken', '"{\\"broken"', '{"broken'],
    ['Json', '{"a":[true],"b":1}', '{"a":2,"b":1}'],
    ['Bytes', '\ufffd\u0000A', '{}'],
    ['Ours', '{"n":0}', '{}'],
  ]);
  expect((await store.readLog(START, 10)).events).toEqual(kept);
});

test('the log is given without what the server writes itself', async () => {
  const double = await bench.double();
  const { store } = bench.open(double.connectionString);
  const ours = events(2);
  double.log.write('$stats-127.0.0.1:2113', { type: '$statsCollected' });
  await store.append('approval-1', 'no_stream', ours);
  double.log.write('$$approval-1', { type: '$metadata' });
  double.log.write('$ce-approval', { type: '$>' });
  await store.append('approval-2', 'no_stream', events(1));
  double.log.tombstone('approval-2');
  const page = await store.readLog(START, 10, { categories: ['approval'] });
  expect(page.events.map(({ stream, revision }) => `${stream} ${revision}`)).toEqual([
    'approval-1 0',
    'approval-1 1',
    'approval-2 0',
  ]);
  expect(page.end).toBe(true);
  // A page of few: it may give none, but it moves on.
  const found: string[] = [];
  for (let page = await store.readLog(START, 1); ; page = await store.readLog(page.position, 1)) {
    found.push(...ids(page.events));
    if (page.end) break;
  }
  expect(found).toHaveLength(3);
  expect(await failure(store.readStream('approval-2'))).toMatchObject({ kind: 'refused' });
});

test('the head stands still while only the server writes', async () => {
  const double = await bench.double();
  const { store } = bench.open(double.connectionString);
  const { position } = await store.append('approval-1', 'no_stream', events(3));
  for (let n = 0; n < 5; n++) double.log.write('$stats', { type: '$statsCollected' });
  expect(await store.head()).toBe(position);
  for (let n = 0; n < 100; n++) double.log.write('$stats', { type: '$statsCollected' });
  expect((await store.head()) > position).toBe(true);
});

test.each([
  ['no scheme', 'localhost:2113'],
  ['another scheme', 'sqlite:file.db'],
  ['a port that is none', 'esdb://localhost:port'],
  ['conflicts switched off', 'esdb://localhost:2113?tls=false&throwOnAppendFailure=false'],
])('a connection string with %s is refused, its password untold', async (_, connectionString) => {
  expect(() => bench.open(connectionString.replace('://', '://user:hidden@'))).toThrow(
    expect.objectContaining({ kind: 'refused', message: expect.not.stringContaining('hidden') }),
  );
});

test.each([{ appendTimeoutMs: 0 }, { watchdogMs: -1 }, { bufferSize: Number.NaN }])(
  'the option %j is refused',
  (options) => {
    expect(() => bench.open('esdb://localhost:2113?tls=false', options)).toThrow(
      expect.objectContaining({
        kind: 'refused',
        message: expect.stringContaining(Object.keys(options)[0] ?? ''),
      }),
    );
  },
);

test('a signal that throws changes no outcome', async () => {
  const double = await bench.double();
  const faulty = (): never => {
    throw new Error('a counter is broken');
  };
  const reported = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  try {
    const { store } = bench.open(double.connectionString, {
      signals: { onAppend: faulty, onConflict: faulty },
    });
    await expect(store.append('approval-1', 'no_stream', events(1))).resolves.toMatchObject({ revision: 0 });
    expect(await failure(store.append('approval-1', 'no_stream', events(1)))).toMatchObject({
      kind: 'conflict',
    });
    expect(reported).toHaveBeenCalledTimes(3);
    expect(reported).toHaveBeenCalledWith(expect.stringContaining('a counter is broken'));
  } finally {
    reported.mockRestore();
  }
});
