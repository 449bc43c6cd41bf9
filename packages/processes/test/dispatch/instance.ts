import { join } from 'node:path';
import {
  createLedger,
  createPolicyRegister,
  type Ledger,
  openSqliteRequestKeys,
  type RequestKeys,
} from '@countersign/application';
import type { Connector } from '@countersign/domain';
import { type EventStore, openSqliteStore } from '@countersign/event-store';
import {
  createDispatcher,
  type Dispatcher,
  type DispatcherOptions,
  type DispatchLimits,
  type DispatchSignals,
} from '@countersign/processes';
import { type DeadlineQueries, startProjections } from '@countersign/projections';
import { outsideConnector } from './connector.ts';

const step = (name: string) =>
  `{ connector: outside, operation: do, input: { name: ${name}, text: "{{payload.text}}" } }`;
const PLAN = `[${['first', 'second', 'third'].map(step).join(', ')}]`;
const APPROVERS = 'approvers: { groups: [sre] }';

export const POLICY = `
version: 1
groups: { sre: [bob] }
actions:
  manual: { ${APPROVERS}, plan: ${PLAN} }
  auto: { ${APPROVERS}, plan: ${PLAN}, dispatch: on-approval }
  one: { ${APPROVERS}, plan: [${step('first')}] }
  brief: { ${APPROVERS}, plan: ${PLAN}, validForSec: 60 }
  auto.brief: { ${APPROVERS}, plan: ${PLAN}, dispatch: on-approval, validForSec: 60 }
  own: { ${APPROVERS}, callerPlan: true }
  private:
    ${APPROVERS}
    personal: [/text, /customer]
    plan:
      - connector: outside
        operation: do
        input: { name: first, text: "for {{payload.text}}, with love", to: "{{payload.customer.mail}}" }
  nothing: { ${APPROVERS} }
`;

/** Quick, and with leases that no test outlives unless it moves the clock. */
export const LIMITS: DispatchLimits = {
  leaseMs: 30_000,
  callTimeoutMs: 10_000,
  maxTries: 3,
  retryMs: 4,
  maxRetryMs: 16,
  maxConcurrent: 8,
  waitMs: 20_000,
};

export interface InstanceOptions {
  readonly dir: string;
  readonly outside: string;
  readonly name: string;
  readonly clock: () => number;
  /** Whether it looks for what is due, for which it has views of its own; default false. */
  readonly start?: boolean;
  readonly limits?: Partial<DispatchLimits>;
  /** How long the ledger asks a store that does not answer; default as in production. */
  readonly deadlineMs?: number;
  readonly signals?: DispatchSignals;
  /** Stand before the real ones. */
  readonly wrapStore?: (store: EventStore) => EventStore;
  readonly wrapConnector?: (connector: Connector) => Connector;
  readonly wrapDeadlines?: (deadlines: DeadlineQueries) => DeadlineQueries;
}

/** One instance of the program on a ledger's file: its own store client, view and dispatcher. All of it real. */
export interface Instance {
  readonly store: EventStore;
  readonly keys: RequestKeys;
  readonly ledger: Ledger;
  readonly dispatcher: Dispatcher;
  close(): Promise<void>;
}

/** For an instance that never looks. */
export const NO_VIEWS: DispatcherOptions['projections'] = {
  deadlines: {
    due: () => {
      throw new Error('this instance has no views');
    },
    nextDueAt: () => null,
  },
  onAdvanced: () => () => {},
};

export async function openInstance(options: InstanceOptions): Promise<Instance> {
  const { dir, outside, name, clock, start = false, limits, signals, deadlineMs } = options;
  const { wrapStore, wrapConnector, wrapDeadlines } = options;
  const file = join(dir, 'ledger.db');
  const real = await openSqliteStore(file);
  const store = wrapStore?.(real) ?? real;
  const keys = openSqliteRequestKeys(join(dir, 'keys.db'));
  const policies = createPolicyRegister({ store: real, clock });
  const activated = await policies.activate(
    { file: 'policy.yaml', text: POLICY, schemas: {} },
    'test',
    'start',
  );
  if (!activated.ok) throw new Error(JSON.stringify(activated.errors));
  const ledger = createLedger({
    store,
    keys,
    policies,
    clock,
    overrideLimits: { maxKeys: 5, maxChars: 999 },
    ...(deadlineMs !== undefined && { deadlineMs }),
  });
  const storeUrl = `sqlite:${file}`;
  const projections = start ? await startProjections({ storeUrl, dataDir: join(dir, name) }) : null;
  if (projections && !(await projections.ready(20_000))) throw new Error('the views were not ready in 20 s');
  const views = projections ?? NO_VIEWS;
  const viewed = wrapDeadlines
    ? { onAdvanced: views.onAdvanced, deadlines: wrapDeadlines(views.deadlines) }
    : views;
  const connector = outsideConnector(outside);
  const dispatcher = createDispatcher({
    ledger,
    connectors: [wrapConnector?.(connector) ?? connector],
    projections: viewed,
    clock,
    instance: name,
    limits: { ...LIMITS, ...limits },
    ...(signals && { signals }),
  });
  if (start) dispatcher.start();
  return {
    store,
    keys,
    ledger,
    dispatcher,
    async close() {
      await dispatcher.stop();
      await projections?.close();
      await store.close();
      await keys.close();
    },
  };
}
