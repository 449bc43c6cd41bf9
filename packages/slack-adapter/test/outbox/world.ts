import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer } from '@countersign/application';
import type { Principal } from '@countersign/domain';
import { openSqliteStore, START } from '@countersign/event-store';
import {
  type SimulatedMessage,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '@countersign/slack-simulator';
import { afterEach } from '@jest/globals';
import { type Instance, type InstanceOptions, startInstance } from './instance.ts';
import { USERS } from './policy.ts';

export interface World {
  readonly slack: Simulator;
  /** Holds `ledger.db` and `keys.db` of a ledger that is shared. */
  readonly dataDir: string;
  /** Milliseconds since 1970; the same for everybody, Slack included. */
  readonly clock: () => number;
  /** Moves the clock and lets everybody look at it. */
  advance(ms: number): void;
  /** A further instance of the program on the same ledger. */
  addInstance(options?: InstanceOptions): Promise<Instance>;
  close(): Promise<void>;
}

const open = new Set<World>();
afterEach(async () => {
  await Promise.all([...open].map((world) => world.close()));
});

export interface WorldOptions extends InstanceOptions {
  readonly simulator?: Partial<SimulatorOptions>;
  /** A ledger in a file, which instances can share; else in memory, for one. */
  readonly shared?: boolean;
  /** The clock stands still between `advance`s. */
  readonly frozen?: boolean;
}

/** Everything real: store, ledger, views, HTTP; and a workspace that can be made to fail. */
export async function startWorld(options: WorldOptions = {}): Promise<World & Instance> {
  const dataDir = await mkdtemp(join(tmpdir(), 'countersign-outbox-'));
  let offset = 0;
  const began = Date.now();
  const clock = () => (options.frozen ? began : Date.now()) + offset;
  const slack = await startSimulator({ users: USERS, clock: () => clock() / 1000, ...options.simulator });
  const instances: Instance[] = [];
  const closing = new AbortController();
  const memory = options.shared ? null : await openSqliteStore(':memory:');

  const world: World = {
    slack,
    dataDir,
    clock,
    advance(ms) {
      offset += ms;
      for (const { outbox } of instances) outbox.wake();
    },
    async addInstance(more = {}) {
      const dir = join(dataDir, String(instances.length));
      const file = join(dataDir, 'ledger.db');
      const store = memory ?? (await openSqliteStore(file));
      const storeUrl = memory ? 'sqlite::memory:' : `sqlite:${file}`;
      const keysFile = memory ? ':memory:' : join(dataDir, 'keys.db');
      const instance = await startInstance(
        { ...options, ...more },
        { slack, clock, dir, store, storeUrl, keysFile, closing: closing.signal },
      );
      instances.push(instance);
      return instance;
    },
    async close() {
      open.delete(world);
      // Nothing is left to wait for, so that a test which failed in an outage ends soon.
      slack.faults.clear();
      closing.abort();
      await Promise.all(instances.map((instance) => instance.stop()));
      await slack.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  open.add(world);
  const first = await world.addInstance();
  return Object.assign(world, first);
}

const ci: Principal = { sub: 'ci', tenant: 'default', kind: 'machine', roles: ['requester'], groups: [] };

export function person(sub: string): Principal {
  return { sub, tenant: 'default', kind: 'human', roles: ['requester', 'approver'], groups: [] };
}

/** Asks; gives the request's id. */
export async function ask(
  { ledger }: Pick<Instance, 'ledger'>,
  action: string,
  params: Record<string, string> = {},
  more: { principal?: Principal; onBehalfOf?: string } = {},
): Promise<string> {
  const { principal = ci, ...rest } = more;
  const answer = await ledger.request(
    { action, params, channel: 'guard', ...rest },
    { principal, via: 'api', correlationId: 'test' },
  );
  return made(answer).approval.request.requestId;
}

export async function decide(
  { ledger }: Pick<Instance, 'ledger'>,
  requestId: string,
  who: string,
  status: 'approved' | 'denied' = 'approved',
): Promise<void> {
  const context = { principal: person(who), via: 'api', correlationId: 'test' } as const;
  made(await ledger.execute({ type: 'Decide', requestId, status }, context));
}

export function made(answer: Answer) {
  if (!answer.ok) throw new Error(`${answer.refusal.code}: ${answer.refusal.detail}`);
  return answer;
}

/** Waits until something holds; says what did not. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Moves the clock, step by step, until something holds. */
export async function advanceUntil(
  world: World,
  stepMs: number,
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  await until(what, async () => {
    if (await holds()) return true;
    world.advance(stepMs);
    return false;
  });
}

/** Waits until Slack knows everything of these requests, as the ledger says. */
export async function untilTold(instance: Instance, ...requestIds: readonly string[]): Promise<void> {
  await until('Slack was told', () => areTold(instance, ...requestIds));
}

export async function areTold(
  { store, deliveries }: Instance,
  ...requestIds: readonly string[]
): Promise<boolean> {
  for (const requestId of requestIds) {
    const newest = (await store.readStream(`approval-${requestId}`)).at(-1)?.revision ?? -1;
    const { claim, deliveredTo } = await deliveries.load(requestId);
    if (claim || deliveredTo < newest) return false;
  }
  return true;
}

/** The item's key that each message of a channel carries, of one request or of all. */
export function keysIn(messages: readonly SimulatedMessage[], requestId?: string): string[] {
  return messages
    .map((message) => message.metadata?.event_payload ?? {})
    .filter((payload) => requestId === undefined || payload.request_id === requestId)
    .map((payload) => String(payload.key));
}

/** How many of each type of event stand in the ledger's bookkeeping of Slack. */
export async function slackEvents({ store }: Pick<Instance, 'store'>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  let after = START;
  for (;;) {
    const page = await store.readLog(after, 5000, { categories: ['slack'] });
    for (const { type } of page.events) counts[type] = (counts[type] ?? 0) + 1;
    if (page.end) return counts;
    after = page.position;
  }
}
