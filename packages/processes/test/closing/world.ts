import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Ask, Context } from '@countersign/application';
import type { ConnectorSettings } from '@countersign/connectors';
import {
  type ClosingEvent,
  type ClosingName,
  decodeEvent,
  type Principal,
  type Role,
} from '@countersign/domain';
import type { ClosingCalled } from '@countersign/processes';
import { afterEach } from '@jest/globals';
import { type Instance, type InstanceOptions, openInstance, policyFor } from './instance.ts';
import { type Receiver, startReceiver } from './receiver.ts';

/** A ledger's file, a receiver of webhooks, and instances between the two. */
export interface World {
  readonly dir: string;
  readonly receiver: Receiver;
  /** How a connector reaches the receiver. */
  readonly webhook: NonNullable<ConnectorSettings['webhook']>;
  /** Of all instances. Runs by itself from the start of the world unless that was `frozen`. */
  readonly clock: () => number;
  /** Moves the clock and lets everybody look at it. */
  advance(ms: number): void;
  add(options?: AddOptions): Promise<Added>;
  close(): Promise<void>;
}

export type AddOptions = Partial<Omit<InstanceOptions, 'dir' | 'signals' | 'clock'>>;
export type Added = Instance & {
  readonly called: readonly ClosingCalled[];
  readonly broken: readonly unknown[];
};

const open = new Set<World>();
afterEach(async () => {
  for (const world of open) await world.close();
});

/** Ends with the test, unless it is `kept` for whoever closes it. */
export async function startWorld({ frozen = false, kept = false } = {}): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'closing-'));
  const receiver = await startReceiver();
  const webhook = { secrets: [receiver.secret], ca: receiver.ca, allowAddresses: ['127.0.0.1'] };
  const began = Date.now();
  let offset = 0;
  const instances: Instance[] = [];
  const clock = () => (frozen ? began : Date.now()) + offset;
  const world: World = {
    dir,
    receiver,
    webhook,
    clock,
    advance(ms) {
      offset += ms;
      for (const { caller } of instances) caller?.wake();
    },
    async add(options = {}) {
      const called: ClosingCalled[] = [];
      const broken: unknown[] = [];
      const instance = await openInstance({
        ...{ dir, clock, name: `instance-${instances.length}`, policy: policyFor(receiver.host) },
        settings: { webhook },
        ...options,
        signals: { called: (one) => void called.push(one), broken: (one) => void broken.push(one) },
      });
      instances.push(instance);
      return { ...instance, called, broken };
    },
    async close() {
      open.delete(world);
      // First, so that whatever a test left waiting ends soon.
      await receiver.down();
      for (const instance of instances) await instance.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  if (!kept) open.add(world);
  return world;
}

export function as(sub: string, roles: readonly Role[], kind: Principal['kind'] = 'human'): Context {
  const principal = { sub, tenant: 'default', kind, roles, groups: [] };
  return { principal, via: 'api', correlationId: `by-${sub}` };
}

const ci = as('ci', ['requester'], 'machine');
const bob = as('bob', ['approver']);

/** Asks for a callback. @returns the request's id */
export async function asked(world: World, { ledger }: Instance, changes: Partial<Ask> = {}): Promise<string> {
  const callbackUrl = world.receiver.url;
  const ask = {
    action: 'deploy',
    params: { service: 'shop' },
    channel: 'guard',
    callbackUrl,
    ...changes,
  } as const;
  return taken(await ledger.request(ask, ci)).approval.request.requestId;
}

export async function decide(
  { ledger }: Instance,
  requestId: string,
  status: 'approved' | 'denied' = 'approved',
  note?: string,
): Promise<void> {
  taken(
    await ledger.execute({ type: 'Decide', requestId, status, ...(note !== undefined && { note }) }, bob),
  );
}

export async function decided(world: World, instance: Instance, changes: Partial<Ask> = {}): Promise<string> {
  const requestId = await asked(world, instance, changes);
  await decide(instance, requestId);
  return requestId;
}

/** An answer that is no refusal. */
export function taken(answer: Answer): Extract<Answer, { ok: true }> {
  if (!answer.ok) throw new Error(`${answer.refusal.code}: ${answer.refusal.detail}`);
  return answer;
}

/** What is on the record of the calls of a request. */
export async function told({ store }: Pick<Instance, 'store'>, requestId: string): Promise<ClosingEvent[]> {
  return (await store.readStream(`closing-${requestId}`)).map((event) => decodeEvent(event) as ClosingEvent);
}

export async function typesOf(instance: Pick<Instance, 'store'>, requestId: string): Promise<string[]> {
  return (await told(instance, requestId)).map(({ type }) => type.slice('Closing'.length));
}

/** Polls. @throws Error after 20 s */
export async function until(holds: () => boolean | Promise<boolean>, what = 'it'): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited 20 s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Waits until a call stands so, after so many tries. */
export async function stands(
  { closings }: Instance,
  requestId: string,
  status: string,
  tries = 1,
  call: ClosingName = 'callback',
): Promise<void> {
  const isSo = async () => {
    const state = (await closings.load(requestId))[call];
    return state?.status === status && state.tries === tries;
  };
  await until(isSo, `${call} of ${requestId} ${status} after ${tries} tries`);
}

/** Waits until an instance has told of so many tries: a moment after they are on the record. */
export async function calledOf({ called }: Added, count: number): Promise<readonly ClosingCalled[]> {
  await until(() => called.length === count, `${count} calls`);
  return called;
}

/** Moves the clock to the next try of a callback. */
export async function toNextTry(world: World, { closings }: Instance, requestId: string): Promise<number> {
  const { retryAt } = (await closings.load(requestId)).callback ?? {};
  const ms = Date.parse(retryAt ?? '') - world.clock();
  world.advance(ms);
  return ms;
}
