import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '@countersign/event-store';
import { afterEach, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { type Engine, startEngine } from '../../src/runtime/engine.ts';
import { RebuildRefused } from '../../src/runtime/errors.ts';
import { lockFolder } from '../../src/runtime/lock.ts';
import type { Projection } from '../../src/runtime/projection.ts';
import type { ProjectionStatus } from '../../src/runtime/status.ts';
import { deadlinesProjection } from '../../src/views/deadlines/handler.ts';
import { requestsProjection } from '../../src/views/requests/handler.ts';
import { dumpView } from '../support/dump.ts';
import { randomLedger } from '../support/generate.ts';
import {
  append,
  cleanUp,
  eventually,
  fileStore,
  later,
  memoryStore,
  newEvent,
  type TestStore,
} from '../support/ledger.ts';
import { ask, caller } from '../support/requests.ts';

afterEach(cleanUp);

interface Running {
  readonly engine: Engine;
  readonly folder: string;
  readonly logged: { level: string; message: string; facts: Record<string, unknown> }[];
  file(name: string): string;
  status(name: string): ProjectionStatus;
  reached(name: string, position: string): Promise<void>;
  stop(): Promise<void>;
}

async function run(
  { store, dir }: TestStore,
  projections: Projection[] = [requestsProjection, deadlinesProjection],
): Promise<Running> {
  const folder = join(dir, 'views');
  const files = new Map<string, string>();
  const logged: Running['logged'] = [];
  const engine = startEngine({
    store,
    folder,
    projections,
    log: (level, message, facts) => void logged.push({ level, message, facts }),
    onStatus() {},
    onActivated: (name, file) => void files.set(name, file),
    onGone: (name) => void files.delete(name),
  });
  let stopped: Promise<void> | undefined;
  const running: Running = {
    engine,
    folder,
    logged,
    file: (name) => files.get(name) ?? '',
    status: (name) => engine.status().find((one) => one.name === name) as ProjectionStatus,
    reached: (name, position) =>
      eventually(
        `${name} at ${position}`,
        () => running.status(name).position >= position && running.status(name).readable,
      ),
    stop: () => {
      stopped ??= engine.stop();
      return stopped;
    },
  };
  later(running.stop);
  return running;
}

/** A handler that behaves as told, around the real one. */
function poisonedBy(projection: Projection, isPoison: (type: string) => boolean): Projection {
  return {
    ...projection,
    open(db, keep) {
      const handler = projection.open(db, keep);
      return {
        ...handler,
        handle(incoming) {
          handler.handle(incoming);
          if (isPoison(incoming.recorded.type)) throw new Error('cannot digest this');
        },
      };
    },
  };
}

describe('following the log', () => {
  test('goes on from its checkpoint after a stop, and never handles an event twice', async () => {
    const ledger = await memoryStore();
    const { steps } = randomLedger(1, 40);
    const half = Math.floor(steps.length / 2);
    const first = await run(ledger);
    await first.reached('requests', await append(ledger.store, steps.slice(0, half)));
    await first.stop();
    const last = await append2(ledger, steps, half);
    const second = await run(ledger);
    await second.reached('requests', last);
    expect(second.status('requests')).toMatchObject({
      state: 'running',
      handled: steps.length,
      lagEvents: 0,
    });
    const alive = dumpView(second.file('requests'));
    await second.engine.rebuild('requests');
    expect(dumpView(second.file('requests'))).toEqual(alive);
  });

  test('passes over events of other categories, and its checkpoint with them', async () => {
    const ledger = await memoryStore();
    const running = await run(ledger);
    const { position } = await ledger.store.append('checkpoint-1', 'no_stream', [
      { id: crypto.randomUUID(), type: 'Whatever', data: '{}', metadata: '{}' },
    ]);
    await running.reached('requests', position);
    expect(running.status('requests')).toMatchObject({ state: 'running', handled: 0 });
  });

  test('an event that one view cannot handle stops that view alone, directly before the event', async () => {
    const ledger = await memoryStore();
    const poisoned = poisonedBy(requestsProjection, (type) => type === 'RequestCancelled');
    const running = await run(ledger, [poisoned, deadlinesProjection]);
    await eventually('ready', () => running.engine.status().every(({ state }) => state === 'running'));
    const request = ask('a', 0);
    const other = ask('b', 1);
    request.command({
      type: 'CancelRequest',
      requestId: 'a',
      now: '2026-01-01T00:00:05.000Z',
      caller: caller('frank'),
    });
    const before = await append(ledger.store, [
      { stream: 'approval-a', event: request.events[0] as never },
      { stream: 'approval-b', event: other.events[0] as never },
    ]);
    const cancelled = newEvent(request.events[1] as never);
    const { position } = await ledger.store.append('approval-a', 0, [cancelled]);
    await running.reached('deadlines', position);
    expect(running.status('deadlines').state).toBe('running');
    expect(running.status('requests')).toMatchObject({
      state: 'failed',
      position: before,
      lagEvents: 1,
      lastError: { eventId: cancelled.id, position, message: expect.stringContaining('cannot digest this') },
    });
    expect(dumpView(running.file('requests')).requests).toHaveLength(2);
    expect(running.logged.filter(({ level }) => level === 'error')).toHaveLength(1);

    // With the cause gone it goes on where it stood.
    await running.stop();
    const cured = await run(ledger);
    await cured.reached('requests', position);
    expect(cured.status('requests').handled).toBe(3);
  });

  test('an unreadable event of our own category is poison; it can be tried again', async () => {
    const ledger = await memoryStore();
    const running = await run(ledger);
    const { position } = await ledger.store.append('approval-a', 'no_stream', [
      { id: crypto.randomUUID(), type: 'FromTheFuture', data: '{}', metadata: '{"schemaVersion":1}' },
    ]);
    const failed = () => running.status('requests').state === 'failed';
    await eventually('failed', failed);
    expect(running.status('requests').lastError).toMatchObject({
      position,
      message: expect.stringContaining('unknown event type'),
    });
    running.engine.resume('requests');
    expect(failed()).toBe(false);
    await eventually('failed again', failed);
  });

  test('stops when somebody else has moved its checkpoint, and names both places', async () => {
    const ledger = await memoryStore();
    const running = await run(ledger);
    const first = await append(ledger.store, [
      { stream: 'approval-a', event: ask('a', 0).events[0] as never },
    ]);
    await running.reached('requests', first);
    const thief = new Database(running.file('requests'));
    thief.prepare("UPDATE view SET position = '0000000000000777'").run();
    thief.close();
    const last = await append(ledger.store, [
      { stream: 'approval-b', event: ask('b', 0).events[0] as never },
    ]);
    await running.reached('deadlines', last);
    const { state, lastError } = running.status('requests');
    expect(state).toBe('stopped');
    expect(lastError?.message).toContain(first);
    expect(lastError?.message).toContain('0000000000000777');
    expect(dumpView(running.file('requests')).requests).toHaveLength(1);
  });

  test('a file that cannot be written for a while is tried again, and the others go on meanwhile', async () => {
    const ledger = await memoryStore();
    const running = await run(ledger);
    await eventually('ready', () => running.engine.status().every(({ state }) => state === 'running'));
    const hog = new Database(running.file('requests'));
    hog.exec('BEGIN IMMEDIATE');
    const last = await append(ledger.store, [
      { stream: 'approval-a', event: ask('a', 0).events[0] as never },
    ]);
    await running.reached('deadlines', last);
    expect(running.status('requests')).toMatchObject({
      state: 'catching_up',
      lastError: { message: expect.stringContaining('SQLITE_BUSY') },
    });
    hog.exec('ROLLBACK');
    hog.close();
    await running.reached('requests', last);
    await eventually('it runs', () => running.status('requests').state === 'running');
    expect(running.status('requests').lastError).toBeUndefined();
    expect(dumpView(running.file('requests')).requests).toHaveLength(1);
  });

  test('a second projector on the same folder is refused', async () => {
    const ledger = await memoryStore();
    const running = await run(ledger);
    expect(() => lockFolder(running.folder, 0)).toThrow(/another process.*DATA_DIR/);
  });
});

describe('files', () => {
  test('a damaged file is moved aside and built anew', async () => {
    const ledger = await memoryStore();
    const first = await run(ledger);
    const last = await append(ledger.store, randomLedger(2, 10).steps);
    await first.reached('requests', last);
    const file = first.file('requests');
    await first.stop();
    writeFileSync(file, 'this is no database');
    const second = await run(ledger);
    await second.reached('requests', last);
    expect(readdirSync(second.folder)).toContain('requests.aside');
    expect(second.logged.map(({ message }) => message)).toContain(
      'a view file cannot be used and was moved aside',
    );
    expect(dumpView(second.file('requests')).requests).toHaveLength(10);
  });

  test('a folder deleted under a running engine comes back with the next rebuild', async () => {
    const ledger = await memoryStore();
    const running = await run(ledger);
    await running.reached('requests', await append(ledger.store, randomLedger(2, 10).steps));
    rmSync(running.folder, { recursive: true });
    await running.engine.rebuild('requests');
    expect(dumpView(running.file('requests')).requests).toHaveLength(10);
  });

  test('a file made from another ledger is found out and built anew', async () => {
    const one = await memoryStore();
    const first = await run(one);
    await first.reached('requests', await append(one.store, randomLedger(2, 10).steps));
    await first.stop();
    const two = { ...(await memoryStore()), dir: one.dir };
    const last = await append(two.store, randomLedger(3, 20).steps);
    const second = await run(two);
    await eventually(
      '20 rows',
      () => second.file('requests') !== '' && dumpView(second.file('requests')).requests?.length === 20,
    );
    await second.reached('requests', last);
  });

  test('a ledger put back to an earlier state that has grown again is followed from where they part', async () => {
    const ledger = await fileStore();
    const file = ledger.url.slice('sqlite:'.length);
    const first = await run(ledger);
    await first.reached('requests', await append(ledger.store, randomLedger(2, 10).steps));
    await ledger.store.close();
    await first.stop();
    cpSync(file, `${file}.copy`);

    const longer = await reopened(ledger);
    const second = await run(longer);
    const others = Array.from({ length: 50 }, (_, n) => ({
      stream: `other-${n}`,
      event: ask('a', 0).events[0] as never,
    }));
    await second.reached('requests', await append(longer.store, others));
    await second.stop();
    await longer.store.close();
    cpSync(`${file}.copy`, file);

    const putBack = await reopened(ledger);
    const { steps } = randomLedger(3, 20);
    const last = await append(
      putBack.store,
      steps.map(({ stream, event }) => ({ stream: `${stream}-again`, event })),
    );
    const third = await run(putBack);
    await eventually('it follows', () => third.status('requests').state === 'running');
    expect(third.status('requests').position).toBe(last);
    expect(third.logged.filter(({ level }) => level === 'error')).toEqual([]);
    const followed = dumpView(third.file('requests'));
    await third.engine.rebuild('requests');
    expect(followed).toEqual(dumpView(third.file('requests')));
  });

  test('another version is built beside the old file, which stays readable until then', async () => {
    const ledger = await memoryStore();
    const first = await run(ledger);
    const last = await append(ledger.store, randomLedger(2, 10).steps);
    await first.reached('requests', last);
    const old = first.file('requests');
    await first.stop();
    const version = requestsProjection.version + 1;
    const second = await run(ledger, [{ ...requestsProjection, version }]);
    expect(second.file('requests')).toBe(old);
    expect(second.status('requests')).toMatchObject({ version, state: 'rebuilding', readable: true });
    await eventually('the new file is in force', () => second.file('requests') !== old);
    expect(second.status('requests').position).toBe(last);
  });

  test('an unfinished build is deleted at the next start, and the old file stays in force', async () => {
    const ledger = await memoryStore();
    const first = await run(ledger);
    await first.reached('requests', await append(ledger.store, randomLedger(2, 10).steps));
    const file = first.file('requests');
    const building = first.engine.rebuild('requests');
    await first.stop();
    await expect(building).rejects.toThrow(/abort/i);
    expect(readdirSync(first.folder).filter((name) => name.startsWith('requests.'))).toEqual([
      file.split('/').at(-1),
    ]);
  });
});

describe('rebuild', () => {
  test('is refused for an unknown name and while one is under way', async () => {
    const running = await run(await memoryStore());
    await eventually('ready', () => running.engine.status().every(({ state }) => state === 'running'));
    expect(() => running.engine.rebuild('nonsense')).toThrow(/there are: requests, deadlines/);
    const under = running.engine.rebuild('requests');
    expect(running.status('requests').state).toBe('rebuilding');
    expect(() => running.engine.rebuild('requests')).toThrow(RebuildRefused);
    await under;
    await running.engine.rebuild('requests');
  });

  test('while 16 writers append equals the live view row for row, and the log', async () => {
    const ledger = await memoryStore();
    const { steps, requests } = randomLedger(11, 800);
    const running = await run(ledger);
    await running.reached('requests', await append(ledger.store, randomLedger(12, 200).steps));
    const shares = Array.from({ length: 16 }, (_, writer) => requests.filter((_, n) => n % 16 === writer));
    let writing = true;
    const writers = shares.map(async (share) => {
      for (const { requestId, events } of share) {
        for (const [n, event] of events.entries()) {
          await ledger.store.append(`approval-${requestId}`, n === 0 ? 'no_stream' : n - 1, [
            newEvent(event),
          ]);
        }
      }
    });
    const all = Promise.all(writers).finally(() => {
      writing = false;
    });
    let rebuilds = 0;
    while (writing || rebuilds < 2) {
      await running.engine.rebuild('requests');
      rebuilds++;
    }
    await all;
    const head = await ledger.store.head();
    await running.reached('requests', head);
    const alive = dumpView(running.file('requests'));
    expect(alive.requests).toHaveLength(1000);
    expect(running.status('requests').handled).toBe(steps.length + randomLedger(12, 200).steps.length);
    await running.engine.rebuild('requests');
    expect(dumpView(running.file('requests'))).toEqual(alive);
  });

  test('that meets poison leaves what is in force, and says why', async () => {
    const ledger = await memoryStore();
    let sick = false;
    const running = await run(ledger, [poisonedBy(requestsProjection, () => sick)]);
    const last = await append(ledger.store, randomLedger(2, 5).steps);
    await running.reached('requests', last);
    const file = running.file('requests');
    sick = true;
    await expect(running.engine.rebuild('requests')).rejects.toThrow(/cannot digest this/);
    expect(running.file('requests')).toBe(file);
    expect(running.status('requests')).toMatchObject({
      position: last,
      lastError: { eventId: expect.any(String) },
    });
    expect(readdirSync(running.folder).filter((name) => /^requests\.\d+\.sqlite$/.test(name))).toHaveLength(
      1,
    );
  });
});

async function reopened({ url, dir }: TestStore): Promise<TestStore> {
  const store = await openStore(url, { watchMs: 2 });
  later(() => store.close());
  return { url, dir, store };
}

/** The rest of a ledger of which the first part is in the store already. */
async function append2(
  { store }: TestStore,
  steps: ReturnType<typeof randomLedger>['steps'],
  from: number,
): Promise<string> {
  const revisions = new Map<string, number>();
  let position = '';
  for (const [n, { stream, event }] of steps.entries()) {
    const revision = revisions.get(stream);
    revisions.set(stream, revision === undefined ? 0 : revision + 1);
    if (n < from) continue;
    ({ position } = await store.append(stream, revision ?? 'no_stream', [newEvent(event)]));
  }
  return position;
}
