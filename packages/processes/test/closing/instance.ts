import { join } from 'node:path';
import {
  type Closings,
  createClosings,
  createLedger,
  createPolicyRegister,
  type Ledger,
  openSqliteRequestKeys,
  type PolicyRegister,
} from '@countersign/application';
import { type ConnectorSettings, createConnectors } from '@countersign/connectors';
import { type Connector, checksBy } from '@countersign/domain';
import { type EventStore, openSqliteStore } from '@countersign/event-store';
import {
  type ClosingCaller,
  type ClosingLimits,
  type ClosingSignals,
  startClosings,
} from '@countersign/processes';
import { type ClosingQueries, type Projections, startProjections } from '@countersign/projections';

/** Leases that no test outlives unless it moves the clock. */
export const LIMITS: ClosingLimits = {
  leaseMs: 30_000,
  callTimeoutMs: 10_000,
  maxConcurrent: 8,
  maxPerReceiver: 8,
};

export function policyFor(host: string): string {
  const approvers = 'approvers: { groups: [sre] }';
  return `
version: 1
groups: { sre: [bob, carol] }
callbacks: { allow: ["${host}"] }
actions:
  deploy: { ${approvers}, timeoutSec: 3600 }
  private: { ${approvers}, personal: [/customer], redact: [/password] }
  "report.*": { autoApprove: true }
`;
}

export interface InstanceOptions {
  readonly dir: string;
  readonly name: string;
  readonly clock: () => number;
  readonly policy: string;
  readonly settings: ConnectorSettings;
  /** Whether it calls anybody, for which it has views of its own; default false. */
  readonly start?: boolean;
  readonly limits?: Partial<ClosingLimits>;
  readonly signals?: ClosingSignals;
  /** Stand before the real ones. */
  readonly wrapStore?: (store: EventStore) => EventStore;
  readonly wrapConnectors?: (connectors: readonly Connector[]) => readonly Connector[];
  readonly wrapView?: (view: ClosingQueries) => ClosingQueries;
}

/** One instance of the program on a ledger's file: its own store client, views, connectors and caller. All of it real. */
export interface Instance {
  readonly store: EventStore;
  readonly ledger: Ledger;
  readonly policies: PolicyRegister;
  readonly closings: Closings;
  readonly projections: Projections | null;
  readonly caller: ClosingCaller | null;
  close(): Promise<void>;
}

export async function openInstance(options: InstanceOptions): Promise<Instance> {
  const { dir, name, clock, policy, settings, start = false, limits, signals } = options;
  const { wrapStore, wrapConnectors, wrapView } = options;
  const file = join(dir, 'ledger.db');
  const real = await openSqliteStore(file);
  const store = wrapStore?.(real) ?? real;
  const keys = openSqliteRequestKeys(join(dir, 'keys.db'));
  const policies = createPolicyRegister({ store: real, clock });
  const activated = await policies.activate(
    { file: 'policy.yaml', text: policy, schemas: {} },
    'test',
    'start',
  );
  if (!activated.ok) throw new Error(JSON.stringify(activated.errors));
  const made = createConnectors(settings);
  const overrideLimits = { maxKeys: 5, maxChars: 999 };
  const ledger = createLedger({ store, keys, policies, clock, overrideLimits, plans: checksBy(made) });
  const closings = createClosings({ store, clock, deadlineMs: 200 });
  const storeUrl = `sqlite:${file}`;
  const projections = start ? await startProjections({ storeUrl, dataDir: join(dir, name) }) : null;
  if (projections && !(await projections.ready(20_000))) throw new Error('the views were not ready in 20 s');
  const caller = projections
    ? startClosings({
        ...{ ledger, closings, policies, clock, instance: name },
        connectors: wrapConnectors?.(made) ?? made,
        projections: {
          onAdvanced: projections.onAdvanced,
          closings: wrapView?.(projections.closings) ?? projections.closings,
        },
        limits: { ...LIMITS, ...limits },
        ...(signals && { signals }),
      })
    : null;
  return {
    store,
    ledger,
    policies,
    closings,
    projections,
    caller,
    async close() {
      await caller?.stop();
      await projections?.close();
      await store.close();
      await keys.close();
    },
  };
}
