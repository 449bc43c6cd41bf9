import { status } from '@grpc/grpc-js';
import { describe, expect, test } from '@jest/globals';
import { failure as serverError } from './double/faults.ts';
import { event, events, failure, IMPATIENT, ids, useBench } from './support.ts';

const bench = useBench();

describe.each(['plain', 'batch'] as const)('an append over the %s call', (appendPath) => {
  test('uses that call', async () => {
    const double = await bench.double();
    const { store } = bench.open(double.connectionString, { appendPath });
    await store.append('approval-1', 'no_stream', events(1));
    expect(double.calls).toContain(appendPath === 'plain' ? 'Append' : 'BatchAppend');
    expect(double.calls).not.toContain(appendPath === 'plain' ? 'BatchAppend' : 'Append');
  });

  test('is a conflict, with both revisions named, where the stream stands elsewhere or is missing', async () => {
    const double = await bench.double();
    const { store, told } = bench.open(double.connectionString, { appendPath });
    await store.append('approval-1', 'no_stream', events(3));
    const behind = await failure(store.append('approval-1', 0, events(1)));
    expect(behind).toMatchObject({ kind: 'conflict' });
    expect(behind.message).toBe('append to approval-1: expected 0, the stream is at 2');
    const missing = await failure(store.append('approval-2', 7, events(1)));
    expect(missing).toMatchObject({ kind: 'conflict' });
    expect(missing.message).toBe('append to approval-2: expected 7, the stream is at no_stream');
    const there = await failure(store.append('approval-1', 'no_stream', events(1)));
    expect(there.message).toBe('append to approval-1: expected no_stream, the stream is at 2');
    expect(told.conflicts).toBe(3);
    expect(told.appends).toEqual(['ok', 'conflict', 'conflict', 'conflict']);
  });

  test('that is never answered has an unknown outcome in time, and the store works on', async () => {
    const double = await bench.double();
    const { store, told } = bench.open(double.connectionString, { ...IMPATIENT, appendPath });
    double.faults.silent.add('append');
    const began = performance.now();
    const silent = await failure(store.append('approval-1', 'no_stream', events(1)));
    expect(silent.kind).toBe('unknown_outcome');
    expect(performance.now() - began).toBeLessThan(2000);
    expect(told.failures).toHaveLength(1);
    double.faults.silent.clear();
    await expect(store.append('approval-1', 'no_stream', events(1))).resolves.toMatchObject({ revision: 0 });
  });

  test.each(['silent', 'cut'] as const)(
    'whose answer is lost (%s) is there once after the same batch is sent again, with the first answer',
    async (how) => {
      const double = await bench.double();
      const { store } = bench.open(double.connectionString, { ...IMPATIENT, appendPath });
      await store.append('approval-1', 'no_stream', events(2));
      const batch = events(3);
      double.faults.loseAnswers = { count: 1, how };
      expect(await failure(store.append('approval-1', 1, batch))).toMatchObject({ kind: 'unknown_outcome' });
      const again = await store.append('approval-1', 1, batch);
      const kept = await store.readStream('approval-1', 2);
      expect(ids(kept)).toEqual(ids(batch));
      expect(again).toEqual({ revision: 4, position: kept.at(-1)?.position });
    },
  );

  test('finds its position where the server leaves it out of a repeated answer', async () => {
    const double = await bench.double();
    const { store } = bench.open(double.connectionString, { appendPath });
    const batch = events(2);
    const first = await store.append('approval-1', 'no_stream', batch);
    await store.append('approval-1', 1, events(2));
    double.faults.noRepeatedPosition = true;
    expect(await store.append('approval-1', 'no_stream', batch)).toEqual(first);
  });

  test('to a deleted stream is refused', async () => {
    const double = await bench.double();
    const { store } = bench.open(double.connectionString, { appendPath });
    await store.append('approval-1', 'no_stream', events(1));
    double.log.tombstone('approval-1');
    expect(await failure(store.append('approval-1', 0, events(1)))).toMatchObject({ kind: 'refused' });
  });

  test('is unavailable where nobody listens', async () => {
    const double = await bench.double({ started: false });
    const { store } = bench.open(double.connectionString, { appendPath });
    expect(await failure(store.append('approval-1', 'no_stream', events(1)))).toMatchObject({
      kind: 'unavailable',
    });
  });

  test('keeps any text byte for byte, canonical or not', async () => {
    const double = await bench.double();
    const { store } = bench.open(double.connectionString, { appendPath });
    const texts = [
      '{"a":1,"b":[1e-7,"é"]}',
      '{"b":1, "a":2}',
      'no json',
      '',
      '1.0',
      '\ufeff{}',
      '{"a":{},"a":1}',
      '-0',
    ];
    const batch = texts.flatMap((text) => [event('Odd', text, text), event('Odd', text, '{}')]);
    await store.append('approval-1', 'no_stream', batch);
    const kept = await store.readStream('approval-1');
    expect(kept.map(({ data, metadata }) => [data, metadata])).toEqual(
      batch.map(({ data, metadata }) => [data, metadata]),
    );
  });
});

describe('what the server says of an append', () => {
  const { UNAVAILABLE, UNKNOWN, INTERNAL, ABORTED, CANCELLED, PERMISSION_DENIED, UNAUTHENTICATED } = status;
  const host = { 'leader-endpoint-host': '127.0.0.1', 'leader-endpoint-port': '1' };
  const size = { 'maximum-append-size': '1048576' };
  test.each([
    ['not ready', serverError(UNAVAILABLE, 'Server Is Not Ready'), 'unavailable'],
    ['too busy', serverError(UNAVAILABLE, 'Server Is Too Busy'), 'unavailable'],
    ['no leader', serverError(UNKNOWN, 'No leader info available in response'), 'unavailable'],
    ['another leader', serverError(status.NOT_FOUND, 'Leader info', 'not-leader', host), 'unavailable'],
    ['access denied', serverError(PERMISSION_DENIED, 'Access Denied', 'access-denied'), 'refused'],
    ['who is this', serverError(UNAUTHENTICATED, 'Unauthenticated'), 'refused'],
    [
      'too large',
      serverError(status.INVALID_ARGUMENT, 'size', 'maximum-append-size-exceeded', size),
      'refused',
    ],
    ['bad argument', serverError(status.INVALID_ARGUMENT, 'bad'), 'refused'],
    [
      'too large for gRPC',
      serverError(status.RESOURCE_EXHAUSTED, 'Received message larger than max'),
      'refused',
    ],
    ['timed out', serverError(ABORTED, 'Operation timed out: commit'), 'unknown_outcome'],
    ['internal', serverError(INTERNAL, 'internal'), 'unknown_outcome'],
    ['unknown', serverError(UNKNOWN, 'Exception was thrown by handler.'), 'unknown_outcome'],
    ['cancelled', serverError(CANCELLED, 'cancelled'), 'unknown_outcome'],
    ['unavailable', serverError(UNAVAILABLE, 'connection lost'), 'unknown_outcome'],
  ])('%s', async (_, error, kind) => {
    const double = await bench.double();
    const { store } = bench.open(double.connectionString);
    double.faults.failAppends = { count: 1, error };
    expect(await failure(store.append('approval-1', 'no_stream', events(1)))).toMatchObject({ kind });
    expect(double.log.entries).toEqual([]);
  });
});

describe('the plain call', () => {
  test('asks for nothing before the first append', async () => {
    const double = await bench.double();
    double.faults.silent.add('features');
    const { store } = bench.open(double.connectionString);
    await store.append('approval-1', 'no_stream', events(1));
    expect(double.calls[0]).toBe('Append');
  });

  test('does not mind answers that belong to nobody', async () => {
    const double = await bench.double();
    double.faults.strayAnswers = true;
    const { store } = bench.open(double.connectionString);
    await expect(store.append('approval-1', 'no_stream', events(1))).resolves.toMatchObject({ revision: 0 });
  });

  test('of one store fails alone', async () => {
    const double = await bench.double();
    const [one, other] = [bench.open(double.connectionString), bench.open(double.connectionString)];
    double.faults.slowMs = 60;
    const pending = one.store.append('approval-1', 'no_stream', events(1));
    double.faults.failAppends = {
      count: 1,
      error: serverError(status.INTERNAL, 'broken'),
    };
    // The fault meets whichever of the two arrives first; the one beside it must not notice.
    const outcomes = await Promise.allSettled([
      pending,
      other.store.append('approval-2', 'no_stream', events(1)),
    ]);
    expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });
});

test('the batch call: features that are never told do not hold an append, nor the next one', async () => {
  const double = await bench.double();
  const { store } = bench.open(double.connectionString, { ...IMPATIENT, appendPath: 'batch' });
  double.faults.silent.add('features');
  expect(await failure(store.append('approval-1', 'no_stream', events(1)))).toMatchObject({
    kind: 'unknown_outcome',
  });
  double.faults.silent.clear();
  await expect(store.append('approval-1', 'no_stream', events(1))).resolves.toMatchObject({ revision: 0 });
});

test('names that begin with $ are the server’s', async () => {
  const double = await bench.double();
  const { store } = bench.open(double.connectionString);
  expect(await failure(store.append('$settings', 'no_stream', events(1)))).toMatchObject({ kind: 'refused' });
  expect(await failure(store.append('a-1', 'no_stream', [event('$metadata')]))).toMatchObject({
    kind: 'refused',
  });
});
