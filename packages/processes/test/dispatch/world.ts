import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Ask, Context, Ledger } from '@countersign/application';
import type { Approval, ApprovalEvent, Principal, Role } from '@countersign/domain';
import { type EventStore, StoreError } from '@countersign/event-store';
import type { DispatchSignals } from '@countersign/processes';
import { afterEach } from '@jest/globals';
import { type Instance, type InstanceOptions, openInstance } from './instance.ts';
import { type Outside, startOutside } from './outside.ts';

/** A ledger's file, the world outside, and instances between the two. */
export interface World {
  readonly dir: string;
  readonly outside: Outside;
  /** Of all instances. Runs by itself from the start of the world unless that was `frozen`. */
  readonly clock: () => number;
  /** Moves the clock and lets everybody look at it. */
  advance(ms: number): void;
  add(options?: AddOptions): Promise<Instance & { readonly signals: Told }>;
  close(): Promise<void>;
}

export type AddOptions = Partial<Omit<InstanceOptions, 'dir' | 'outside' | 'signals'>>;

type SignalName = keyof DispatchSignals;
/** What an instance told of itself, in order. */
export type Told = readonly { readonly signal: SignalName; readonly [fact: string]: unknown }[];

const open = new Set<World>();
afterEach(async () => {
  for (const world of open) await world.close();
});

/** Ends with the test, unless it is `kept` for whoever closes it. */
export async function startWorld({ frozen = false, kept = false } = {}): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'dispatch-'));
  const outside = await startOutside();
  const began = Date.now();
  let offset = 0;
  const instances: Instance[] = [];
  const clock = () => (frozen ? began : Date.now()) + offset;
  const world: World = {
    dir,
    outside,
    clock,
    advance(ms) {
      offset += ms;
      for (const { dispatcher } of instances) dispatcher.wake();
    },
    async add(options = {}) {
      const told: { signal: SignalName; [fact: string]: unknown }[] = [];
      const name = options.name ?? `instance-${instances.length}`;
      const signals = signalsInto(told);
      const instance = await openInstance({ dir, outside: outside.url, clock, ...options, name, signals });
      instances.push(instance);
      return { ...instance, signals: told };
    },
    async close() {
      open.delete(world);
      // First, so that whatever a test left waiting ends soon.
      await outside.close();
      for (const instance of instances) await instance.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  if (!kept) open.add(world);
  return world;
}

function signalsInto(told: { signal: SignalName; [fact: string]: unknown }[]): DispatchSignals {
  const note = (signal: SignalName) => (facts: object) => void told.push({ signal, ...facts });
  const names: SignalName[] = [
    'claimed',
    'conflict',
    'started',
    'completed',
    'failed',
    'stepSucceeded',
    'stepFailed',
    'broken',
  ];
  return Object.fromEntries(names.map((name) => [name, note(name)]));
}

export function as(sub: string, roles: readonly Role[], kind: Principal['kind'] = 'human'): Context {
  const principal = { sub, tenant: 'default', kind, roles, groups: [] };
  return { principal, via: 'api', correlationId: `by-${sub}` };
}

export const admin = as('olga', ['admin']);

/** Asks and has it approved. @returns the request's id */
export async function approved(
  { ledger }: { readonly ledger: Ledger },
  action: string,
  changes: Partial<Ask> = {},
): Promise<string> {
  const asked = { action, params: { text: 'flowers' }, channel: 'gate', ...changes } as const;
  const { approval } = taken(await ledger.request(asked, as('ci', ['requester'], 'machine')));
  const { requestId } = approval.request;
  taken(await ledger.execute({ type: 'Decide', requestId, status: 'approved' }, as('bob', ['approver'])));
  return requestId;
}

/** An answer that is no refusal. */
export function taken(answer: Answer): Extract<Answer, { ok: true }> {
  if (!answer.ok) throw new Error(`${answer.refusal.code}: ${answer.refusal.detail}`);
  return answer;
}

export function refusedBy(answer: Answer): string {
  return answer.ok ? 'nothing' : answer.refusal.code;
}

/** What happened after the approval, as events. */
export async function happened(
  { ledger }: { readonly ledger: Ledger },
  requestId: string,
): Promise<ApprovalEvent[]> {
  const events = (await ledger.history(requestId)).map(({ event }) => event);
  return events.slice(events.findIndex(({ type }) => type === 'RequestApproved') + 1);
}

export async function typesOf(instance: { readonly ledger: Ledger }, requestId: string): Promise<string[]> {
  return (await happened(instance, requestId)).map(({ type }) => type);
}

export async function loaded({ ledger }: { readonly ledger: Ledger }, requestId: string): Promise<Approval> {
  const known = await ledger.load(requestId);
  if (!known) throw new Error(`there is no request ${requestId}`);
  return known.approval;
}

/** Polls. @throws Error after 20 s */
export async function until(holds: () => boolean | Promise<boolean>, what = 'it'): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited 20 s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Waits for the request's stream to hold an event of that type. */
export async function reached(
  instance: { readonly ledger: Ledger },
  requestId: string,
  type: ApprovalEvent['type'],
): Promise<void> {
  await until(async () => (await typesOf(instance, requestId)).includes(type), type);
}

/** `append` of a store, which fails instead whenever that is so; nothing is written then. */
export function failingIf(isDown: () => boolean, store: EventStore): EventStore['append'] {
  return async (...args) => {
    if (isDown()) throw new StoreError('unavailable', 'the store is down');
    return store.append(...args);
  };
}
