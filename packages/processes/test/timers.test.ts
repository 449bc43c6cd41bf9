import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLedger,
  createPolicyRegister,
  type Ledger,
  openSqliteRequestKeys,
} from '@countersign/application';
import type { Principal } from '@countersign/domain';
import { type EventStore, openSqliteStore } from '@countersign/event-store';
import { startTimers, type Timers } from '@countersign/processes';
import { type Projections, startProjections } from '@countersign/projections';
import { afterEach, describe, expect, test } from '@jest/globals';

const ci: Principal = { sub: 'ci', tenant: 'default', kind: 'machine', roles: ['requester'], groups: [] };
const POLICY = `
version: 1
groups: { sre: [bob] }
actions:
  slow: { approvers: { groups: [sre] }, timeoutSec: 3600, escalation: [{ beforeSec: 1800 }, { beforeSec: 600 }] }
  brief: { approvers: { groups: [sre] }, timeoutSec: 1 }
  planned:
    autoApprove: true
    dispatch: manual
    validForSec: 60
    plan: [{ connector: webhook, operation: post, input: { body: now } }]
`;

/** One instance of the program on a ledger file: its own store client, views and timers. */
interface Instance {
  readonly store: EventStore;
  readonly ledger: Ledger;
  readonly projections: Projections;
  readonly timers: Timers;
  now: number;
  readonly errors: unknown[];
  stop(): Promise<void>;
}

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'timers-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function startInstance(dir: string, name: string, now: number | null): Promise<Instance> {
  const file = join(dir, 'ledger.db');
  const store = await openSqliteStore(file);
  cleanups.push(() => store.close());
  const keys = openSqliteRequestKeys(join(dir, 'keys.db'));
  const instance = { now: now ?? 0, errors: [] as unknown[] };
  const clock = now === null ? Date.now : () => instance.now;
  const policies = createPolicyRegister({ store, clock });
  await policies.activate({ file: 'policy.yaml', text: POLICY, schemas: {} }, 'test', 'start');
  const ledger = createLedger({ store, keys, policies, clock, overrideLimits: { maxKeys: 1, maxChars: 1 } });
  const projections = await startProjections({ storeUrl: `sqlite:${file}`, store, dataDir: join(dir, name) });
  cleanups.push(() => projections.close());
  expect(await projections.ready(20_000)).toBe(true);
  const timers = startTimers({
    ledger,
    projections,
    clock,
    maxSleepMs: 100,
    onError: (error) => instance.errors.push(error),
  });
  const stop = async () => {
    await timers.stop();
    await projections.close();
    await store.close();
    await keys.close();
  };
  cleanups.push(stop);
  return Object.assign(instance, { store, ledger, projections, timers, stop });
}

async function ask({ ledger }: Instance, action: string): Promise<string> {
  const asked = { action, params: {}, channel: 'guard' } as const;
  const answer = await ledger.request(asked, { principal: ci, via: 'api', correlationId: 'test' });
  if (!answer.ok) throw new Error(answer.refusal.detail);
  return answer.approval.request.requestId;
}

async function typesOf(store: EventStore, id: string): Promise<string[]> {
  return (await store.readStream(`approval-${id}`)).map((event) => event.type);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('waited 20 s in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const T0 = Date.parse('2026-01-01T10:00:00.000Z');

describe('timers', () => {
  test('fire each rung and the expiry at its time, once, in order', async () => {
    const one = await startInstance(folder(), 'a', T0);
    const id = await ask(one, 'slow');
    const advance = async (seconds: number, types: string[]) => {
      one.now = T0 + seconds * 1000;
      one.timers.wake();
      await until(async () => (await typesOf(one.store, id)).length >= types.length);
      expect(await typesOf(one.store, id)).toEqual(types);
    };
    await advance(1799.999, ['ApprovalRequested']);
    await advance(1800, ['ApprovalRequested', 'RequestEscalated']);
    await advance(3000, ['ApprovalRequested', 'RequestEscalated', 'RequestEscalated']);
    await advance(3600, ['ApprovalRequested', 'RequestEscalated', 'RequestEscalated', 'RequestExpired']);
    expect(one.errors).toEqual([]);
  });

  test('record that an approval nobody used is no longer good, once its time is over', async () => {
    const one = await startInstance(folder(), 'a', T0);
    const id = await ask(one, 'planned');
    one.now = T0 + 59_999;
    one.timers.wake();
    expect(await typesOf(one.store, id)).toEqual(['ApprovalRequested', 'RequestApproved']);
    one.now = T0 + 60_000;
    await until(async () => {
      one.timers.wake();
      return (await typesOf(one.store, id)).length > 2;
    });
    expect(await typesOf(one.store, id)).toEqual(['ApprovalRequested', 'RequestApproved', 'ApprovalLapsed']);
    expect(one.errors).toEqual([]);
  });

  test('after a stop, what became due meanwhile fires at once; rungs behind the expiry are skipped', async () => {
    const dir = folder();
    const before = await startInstance(dir, 'a', T0);
    const id = await ask(before, 'slow');
    await before.stop();
    cleanups.splice(1);
    const after = await startInstance(dir, 'a', T0 + 7_200_000);
    await until(async () => (await typesOf(after.store, id)).includes('RequestExpired'));
    expect(await typesOf(after.store, id)).toEqual(['ApprovalRequested', 'RequestExpired']);
  });

  test('go on when the view could not be asked for a moment', async () => {
    const one = await startInstance(folder(), 'a', T0);
    const { deadlines, onAdvanced } = one.projections;
    const failures: unknown[] = [];
    let broken = true;
    const nextDueAt = () => {
      if (broken) throw new Error('disk I/O error');
      return deadlines.nextDueAt();
    };
    const second = startTimers({
      ledger: one.ledger,
      projections: { deadlines: { due: (now, limit) => deadlines.due(now, limit), nextDueAt }, onAdvanced },
      clock: () => one.now,
      maxSleepMs: 10,
      onError: (error) => failures.push(error),
    });
    cleanups.push(() => second.stop());
    await until(async () => failures.length > 0);
    broken = false;
    await one.timers.stop();
    const id = await ask(one, 'brief');
    one.now += 1000;
    await until(async () => (await typesOf(one.store, id)).includes('RequestExpired'));
  });

  test('of two instances on one ledger fire each once between them', async () => {
    const dir = folder();
    const one = await startInstance(dir, 'a', null);
    const two = await startInstance(dir, 'b', null);
    const ids = await Promise.all(Array.from({ length: 40 }, () => ask(one, 'brief')));
    await until(async () => {
      const all = await Promise.all(ids.map((id) => typesOf(two.store, id)));
      return all.every((types) => types.includes('RequestExpired'));
    });
    for (const id of ids)
      expect(await typesOf(one.store, id)).toEqual(['ApprovalRequested', 'RequestExpired']);
    const events = await Promise.all(ids.map((id) => one.store.readStream(`approval-${id}`)));
    for (const event of events.map((stream) => JSON.parse(stream[1]?.data ?? '{}'))) {
      expect(Date.parse(event.at)).toBeGreaterThanOrEqual(Date.parse(event.expiresAt));
    }
    expect([...one.errors, ...two.errors]).toEqual([]);
  });
});
