import {
  type Ask,
  type Context,
  createLedger,
  createPolicyRegister,
  type FindRecentDenial,
  type Ledger,
  type LedgerSignals,
  openSqliteRequestKeys,
  type PolicyRegister,
  type RequestKeys,
} from '@countersign/application';
import type { PlanChecks, Principal } from '@countersign/domain';
import { type EventStore, openSqliteStore, type RecordedEvent } from '@countersign/event-store';

/** A ledger as a server would have one: real store, real keys, a policy in force; only the clock is the test's. */
export interface World {
  readonly store: EventStore;
  readonly keys: RequestKeys;
  readonly policies: PolicyRegister;
  readonly ledger: Ledger;
  now: number;
  ask(changes?: Partial<Ask>, who?: Partial<Context>): ReturnType<Ledger['request']>;
  approve(requestId: string, who: string, more?: object): ReturnType<Ledger['execute']>;
  stream(name: string): Promise<readonly RecordedEvent[]>;
  close(): Promise<void>;
}

export const POLICY = `
version: 1
superApprovers: [alice]
groups: { sre: [bob, carol], security: [dan] }
personas: { on-call: { group: sre } }
callbacks: { allow: [ci.example.com] }
actions:
  deploy: { approvers: { groups: [sre] }, minApprovals: 2, timeoutSec: 3600, escalateBeforeSec: 600 }
  solo: { approvers: { groups: [sre] } }
  retry:
    approvers: { groups: [sre] }
    reRequest: { cooldownSec: 60, maxPerHour: 2 }
  secret:
    approvers: { groups: [sre] }
    redact: [/password]
    personal: [/customer/email]
    overrides: { keys: [size] }
  "report.*": { autoApprove: true }
`;

export const ci: Principal = {
  sub: 'ci',
  tenant: 'default',
  kind: 'machine',
  roles: ['requester'],
  groups: [],
};

export function human(sub: string, changes: Partial<Principal> = {}): Principal {
  return { sub, tenant: 'default', kind: 'human', roles: ['approver'], groups: [], ...changes };
}

export function as(principal: Principal, changes: Partial<Context> = {}): Context {
  return { principal, via: 'api', correlationId: 'test', ...changes };
}

export async function openWorld(
  options: {
    wrap?: (store: EventStore) => EventStore;
    signals?: LedgerSignals;
    findRecentDenial?: FindRecentDenial;
    deadlineMs?: number;
    policy?: string;
    slack?: boolean;
    plans?: PlanChecks;
  } = {},
): Promise<World> {
  const real = await openSqliteStore(':memory:');
  const store = options.wrap?.(real) ?? real;
  const keys = openSqliteRequestKeys(':memory:');
  const world = { now: Date.parse('2026-01-01T10:00:00.000Z') };
  const clock = () => world.now;
  const policies = createPolicyRegister({ store: real, clock });
  const activated = await policies.activate(
    { file: 'policy.yaml', text: options.policy ?? POLICY, schemas: {} },
    'test',
    'start',
  );
  if (!activated.ok) throw new Error(JSON.stringify(activated.errors));
  const ledger = createLedger({
    store,
    keys,
    clock,
    policies,
    overrideLimits: { maxKeys: 5, maxChars: 1000 },
    deadlineMs: options.deadlineMs ?? 2000,
    ...(options.signals && { signals: options.signals }),
    ...(options.findRecentDenial && { findRecentDenial: options.findRecentDenial }),
    ...(options.slack !== undefined && { slack: options.slack }),
    ...(options.plans && { plans: options.plans }),
  });
  return Object.assign(world, {
    store: real,
    keys,
    policies,
    ledger,
    ask: (changes: Partial<Ask> = {}, who: Partial<Context> = {}) =>
      ledger.request(
        { action: 'deploy', params: { service: 'shop' }, channel: 'guard', ...changes },
        as(ci, who),
      ),
    approve: (requestId: string, who: string, more: object = {}) =>
      ledger.execute({ type: 'Decide', requestId, status: 'approved', ...more }, as(human(who))),
    stream: (name: string) => real.readStream(name),
    async close() {
      await real.close();
      await keys.close();
    },
  });
}

/** The request an answer is about; fails where there was a refusal. */
export function made(answer: Awaited<ReturnType<Ledger['request']>>) {
  if (!answer.ok) throw new Error(`${answer.refusal.code}: ${answer.refusal.detail}`);
  return answer;
}

export function codeOf(answer: Awaited<ReturnType<Ledger['request']>>): string {
  return answer.ok ? 'ok' : answer.refusal.code;
}
