import {
  createLedger,
  createPolicyRegister,
  createSlackDeliveries,
  type Ledger,
  openSqliteRequestKeys,
  type SlackDeliveries,
} from '@countersign/application';
import type { EventStore } from '@countersign/event-store';
import { type Projections, startProjections } from '@countersign/projections';
import { createOutbox, type Outbox, type OutboxOptions } from '../../src/outbox/outbox.ts';
import type { SlackSignals } from '../../src/types.ts';
import type { Web } from '../../src/web/types.ts';
import { createWeb } from '../../src/web/web.ts';
import { POLICY } from './policy.ts';
import { plainly } from './rendering.ts';

export type Limits = OutboxOptions['limits'];

/** Quick, and far from any limit of pace. */
export const QUICK: Limits = {
  callTimeoutMs: 400,
  leaseMs: 2000,
  burst: 1000,
  perSecond: 1000,
  coalesceMs: 0,
  maxLanes: 32,
  retryMs: 5,
  maxRetryMs: 40,
};

export interface InstanceOptions {
  readonly limits?: Partial<Limits>;
  /** Stands before the real one, to make it fail. */
  readonly wrapWeb?: (web: Web, closing: AbortSignal) => Web;
  readonly wrapDeliveries?: (deliveries: SlackDeliveries) => SlackDeliveries;
  readonly wrapViews?: (slack: Projections['slack']) => Projections['slack'];
  readonly botTokens?: readonly string[];
  readonly rendering?: OutboxOptions['rendering'];
  readonly policy?: string;
  /** Default true. */
  readonly start?: boolean;
}

export interface Told {
  readonly posted: { requestId: string; seconds: number }[];
  readonly givenUp: { requestId: string; key: string; error: string }[];
  readonly failed: { what: string; error: unknown }[];
  readonly limited: { method: string; retryAfterSec: number }[];
}

export interface Instance extends Told {
  readonly outbox: Outbox;
  readonly ledger: Ledger;
  readonly store: EventStore;
  readonly deliveries: SlackDeliveries;
  readonly projections: Projections;
  stop(): Promise<void>;
}

export interface Around {
  readonly slack: { readonly apiUrl: string; readonly botToken: string };
  readonly clock: () => number;
  readonly dir: string;
  readonly store: EventStore;
  readonly storeUrl: string;
  readonly keysFile: string;
  readonly closing: AbortSignal;
}

export async function startInstance(options: InstanceOptions, around: Around): Promise<Instance> {
  const { slack, clock, dir, store, storeUrl, keysFile } = around;
  const limits = { ...QUICK, ...options.limits };
  const keys = openSqliteRequestKeys(keysFile);
  const policies = createPolicyRegister({ store, clock });
  const bundle = { file: 'policy.yaml', text: options.policy ?? POLICY, schemas: {} };
  const activated = await policies.activate(bundle, 'test', 'start');
  if (!activated.ok) throw new Error(JSON.stringify(activated.errors));
  const ledger = createLedger({
    store,
    keys,
    policies,
    clock,
    overrideLimits: { maxKeys: 1, maxChars: 100 },
    slack: true,
    cachedStates: 50,
  });
  const projections = await startProjections({ storeUrl, store, dataDir: dir, log: () => {} });
  if (!(await projections.ready(20_000))) throw new Error('the views did not become ready');
  const told: Told = { posted: [], givenUp: [], failed: [], limited: [] };
  const signals: SlackSignals = {
    posted: (posted) => void told.posted.push(posted),
    givenUp: (item) => void told.givenUp.push(item),
    failed: (failed) => void told.failed.push(failed),
    rateLimited: (limited) => void told.limited.push(limited),
  };
  const tokens = options.botTokens ?? [slack.botToken];
  const web = createWeb({
    tokens,
    apiUrl: slack.apiUrl,
    timeoutMs: limits.callTimeoutMs,
    maxConcurrency: 100,
    signals,
  });
  const deliveries = createSlackDeliveries({ store, clock });
  const outbox = createOutbox({
    ledger,
    policies,
    deliveries: options.wrapDeliveries?.(deliveries) ?? deliveries,
    projections: {
      slack: options.wrapViews?.(projections.slack) ?? projections.slack,
      onAdvanced: projections.onAdvanced,
    },
    web: options.wrapWeb?.(web, around.closing) ?? web,
    rendering: options.rendering ?? plainly,
    clock,
    consoleUrl: undefined,
    signals,
    limits,
  });
  if (options.start ?? true) outbox.start();
  let stopped: Promise<void> | undefined;
  return {
    ...told,
    outbox,
    ledger,
    store,
    deliveries,
    projections,
    stop() {
      stopped ??= outbox.stop().then(async () => {
        await projections.close();
        await store.close();
        await keys.close();
      });
      return stopped;
    },
  };
}
