import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Approval, fold, statusOf } from '@countersign/domain';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Projections, RebuildRefused, startProjections, ViewUnavailable } from '../src/index.ts';
import { lockFolder } from '../src/runtime/lock.ts';
import { dumpView } from './support/dump.ts';
import { randomLedger } from './support/generate.ts';
import {
  append,
  cleanUp,
  eventually,
  fileStore,
  later,
  memoryStore,
  newEvent,
  type TestStore,
  tempDir,
} from './support/ledger.ts';
import { ask, at } from './support/requests.ts';

afterEach(cleanUp);

const silent = (): void => undefined;

async function start({ url, dir, store }: TestStore, more: object = {}): Promise<Projections> {
  const projections = await startProjections({ storeUrl: url, dataDir: dir, store, log: silent, ...more });
  later(() => projections.close());
  return projections;
}

function fileOf(dir: string, name: string): string {
  const own = readdirSync(join(dir, 'views')).filter(
    (file) => file.startsWith(`${name}.`) && file.endsWith('.sqlite'),
  );
  expect(own).toHaveLength(1);
  return join(dir, 'views', own[0] as string);
}

const modes = [
  ['in a worker thread', fileStore],
  ['in the calling thread', memoryStore],
] as const;

describe.each(modes)('projections %s', (_, openLedger) => {
  test('follow the log, answer queries, and are rebuilt while they do', async () => {
    const ledger = await openLedger();
    const projections = await start(ledger);
    expect(await projections.ready(10_000)).toBe(true);
    const { steps, requests } = randomLedger(21, 100);
    const last = await append(ledger.store, steps);
    for (const name of [
      'requests',
      'audit',
      'statistics',
      'metrics',
      'deadlines',
      'slack',
      'closings',
    ] as const) {
      expect(await projections.waitFor(name, last, 10_000)).toBe(true);
    }
    for (const { requestId, events } of requests) {
      const row = projections.requests.get(requestId, at(0));
      expect(row?.status).toBe(statusOf(fold(events) as Approval));
    }
    expect(projections.audit.page({ tenant: 'default', limit: 10_000 }).items).toHaveLength(steps.length);
    const { done } = await projections.rebuild('requests');
    await expect(projections.rebuild('requests')).rejects.toThrow(RebuildRefused);
    expect(await done).toMatchObject({ name: 'requests', handled: steps.length });
    expect(projections.requests.list({ tenant: 'default', now: at(0), limit: 1, offset: 0 }).total).toBe(100);
    expect(projections.health()).toEqual({ status: 'ok', restarts: 0 });
    await expect(projections.rebuild('nonsense')).rejects.toThrow(/no projection "nonsense"/);
  });

  test('waiting for a position ends when it is reached, or when time is up', async () => {
    const ledger = await openLedger();
    const projections = await start(ledger);
    await projections.ready(10_000);
    const heard: string[] = [];
    const end = projections.onAdvanced((name, position) => void heard.push(`${name} ${position}`));
    const position = await append(ledger.store, [
      { stream: 'approval-a', event: ask('a', 0).events[0] as never },
    ]);
    expect(await projections.waitFor('requests', position, 10_000)).toBe(true);
    expect(projections.requests.get('a', at(0))?.requestId).toBe('a');
    expect(await projections.waitFor('requests', `${position}9`, 30)).toBe(false);
    await eventually('everybody was told', () => heard.includes(`deadlines ${position}`));
    end();
    expect(projections.deadlines.nextDueAt()).toBe(at(1800));
  });

  test('go on where they stopped', async () => {
    const ledger = await openLedger();
    const first = await start(ledger);
    await first.ready(10_000);
    const last = await append(ledger.store, randomLedger(22, 20).steps);
    await first.waitFor('audit', last, 10_000);
    await first.close();
    expect(await first.waitFor('audit', `${last}9`, 1000)).toBe(false);
    const second = await start(ledger);
    expect(await second.ready(10_000)).toBe(true);
    expect(second.status().map(({ rebuild }) => rebuild)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(second.requests.list({ tenant: 'default', now: at(0), limit: 1, offset: 0 }).total).toBe(20);
  });
});

describe('faults', () => {
  test('a query before the first build is complete is refused', async () => {
    const ledger = await fileStore();
    await append(ledger.store, randomLedger(2, 5).steps);
    const projections = await start(ledger);
    expect(() => projections.requests.get('a', at(0))).toThrow(ViewUnavailable);
    expect(projections.health().status).toBe('degraded');
    expect(await projections.ready(10_000)).toBe(true);
  });

  test('a worker that dies is started again, and everything goes on', async () => {
    const dir = tempDir();
    const file = join(dir, 'ledger.db');
    mkdirSync(file);
    const projections = await start({ url: `sqlite:${file}`, dir } as TestStore);
    await eventually('it has died', () => projections.health().detail?.includes('worker died') ?? false);
    expect(projections.health().status).toBe('degraded');
    rmdirSync(file);
    expect(await projections.ready(10_000)).toBe(true);
    expect(projections.health()).toMatchObject({ status: 'ok', restarts: expect.any(Number) });
  });

  test('a worker that dies again and again is given up, visibly', async () => {
    const projections = await start({ url: 'nonsense:', dir: tempDir() } as TestStore, { maxRestarts: 1 });
    await eventually('it is given up', () => projections.health().status === 'error');
    expect(projections.health()).toMatchObject({
      restarts: 1,
      detail: expect.stringContaining('died too often'),
    });
    await expect(projections.rebuild('requests')).rejects.toThrow(RebuildRefused);
  });

  test('a folder that another process keeps is waited for, without an end', async () => {
    const ledger = await fileStore();
    const leave = lockFolder(join(ledger.dir, 'views'), 0);
    const logged: string[] = [];
    const log = (_: string, message: string) => void logged.push(message);
    const projections = await start(ledger, { maxRestarts: 0, log });
    await eventually('it has met the other', () => logged.length > 0);
    expect(logged).toEqual(['the views wait for their folder']);
    expect(projections.health().status).toBe('degraded');
    await expect(projections.rebuild('requests')).rejects.toThrow(RebuildRefused);
    leave();
    expect(await projections.ready(10_000)).toBe(true);
  });

  test('a ledger in memory needs its store', async () => {
    await expect(startProjections({ storeUrl: 'sqlite::memory:', dataDir: tempDir() })).rejects.toMatchObject(
      { kind: 'refused' },
    );
  });

  test('a process killed in the middle leaves views that equal a rebuild', async () => {
    const ledger = await fileStore();
    const child = spawn(process.execPath, [
      join(import.meta.dirname, 'support/child.ts'),
      ledger.url,
      ledger.dir,
    ]);
    let seen = 0;
    child.stdout.on('data', (text: Buffer) => {
      seen = Number(/events (\d+)\s*$/.exec(text.toString())?.[1] ?? seen);
    });
    await eventually('it appends', () => seen >= 200, 20_000);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    const projections = await start(ledger);
    expect(await projections.ready(10_000)).toBe(true);
    expect(await projections.waitFor('statistics', await ledger.store.head(), 10_000)).toBe(true);
    for (const name of [
      'requests',
      'audit',
      'statistics',
      'metrics',
      'deadlines',
      'slack',
      'closings',
    ] as const) {
      const alive = dumpView(fileOf(ledger.dir, name));
      const { done } = await projections.rebuild(name);
      await done;
      expect(dumpView(fileOf(ledger.dir, name))).toEqual(alive);
    }
    expect(dumpView(fileOf(ledger.dir, 'audit')).audit?.length).toBeGreaterThanOrEqual(200);
  });

  test('rebuilds while 16 writers append to one file equal the live views', async () => {
    const ledger = await fileStore();
    const projections = await start(ledger);
    await projections.ready(10_000);
    const { requests } = randomLedger(31, 640);
    let open = 16;
    const writers = Array.from({ length: 16 }, async (_, writer) => {
      for (const { requestId, events } of requests.filter((__, n) => n % 16 === writer)) {
        for (const [n, event] of events.entries()) {
          await ledger.store.append(`approval-${requestId}`, n === 0 ? 'no_stream' : n - 1, [
            newEvent(event),
          ]);
        }
      }
      open--;
    });
    const names = ['requests', 'statistics', 'deadlines', 'metrics', 'audit', 'slack', 'closings'] as const;
    for (let n = 0; open > 0 || n < names.length; n++) {
      const { done } = await projections.rebuild(names[n % names.length] as string);
      await done;
    }
    await Promise.all(writers);
    const head = await ledger.store.head();
    for (const name of names) {
      expect(await projections.waitFor(name, head, 10_000)).toBe(true);
      const alive = dumpView(fileOf(ledger.dir, name));
      const { done } = await projections.rebuild(name);
      await done;
      expect(dumpView(fileOf(ledger.dir, name))).toEqual(alive);
    }
    expect(dumpView(fileOf(ledger.dir, 'requests')).requests).toHaveLength(640);
  });
});
