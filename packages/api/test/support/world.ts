import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLedger,
  createPolicyRegister,
  createSecrets,
  generateSecret,
  openSqliteRequestKeys,
  type PolicyBundle,
} from '@countersign/application';
import { type ConnectorSettings, createConnectors } from '@countersign/connectors';
import { checksBy } from '@countersign/domain';
import { type EventStore, openSqliteStore, type RecordedEvent, START } from '@countersign/event-store';
import { createDispatcher } from '@countersign/processes';
import { createLiveFeed, DISPATCHER_KINDS, deadlinesOf, startProjections } from '@countersign/projections';
import { afterAll } from '@jest/globals';
import { pino } from 'pino';
import {
  type ApiDeps,
  type ApiLimits,
  combineSignals,
  createApi,
  createMetrics,
  DEFAULT_LIMITS,
  dispatchSignals,
  lifecycleLog,
  type RunningServer,
  type StartOptions,
  startServer,
} from '../../src/index.ts';
import { type Caller, createCaller } from './caller.ts';
import { POLICY, SCHEMAS } from './policy.ts';

export const JWT_SECRET = 'a-secret-that-only-these-tests-know-0001';
export const ADMIN_TOKEN = 'the-admin-token-of-these-tests';

export interface World {
  readonly url: string;
  readonly deps: ApiDeps;
  readonly server: RunningServer;
  readonly store: EventStore;
  readonly log: readonly string[];
  /** Sends requests and checks every answer against the published description. */
  readonly call: Caller;
  /** Moves the clock forward. */
  advance(ms: number): void;
  /** What the next reload will find. */
  setPolicy(bundle: Partial<PolicyBundle>): void;
  /** The whole ledger but for the policy. */
  events(): Promise<readonly RecordedEvent[]>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly deps?: Partial<ApiDeps>;
  readonly server?: Partial<StartOptions>;
  /** Stands between the API and the real store, to make it fail. */
  readonly wrapStore?: (store: EventStore) => EventStore;
  readonly deadlineMs?: number;
  readonly checkAnswers?: boolean;
  /** What differs from the limits of a server. */
  readonly limits?: Partial<ApiLimits>;
  /** The policy's text, instead of the common one. */
  readonly policy?: string;
  /** What the policy names, by path. */
  readonly schemas?: Readonly<Record<string, string>>;
  /** With a dispatcher, and every connector there is; the webhook's is configured for receivers on this machine. */
  readonly connectors?: ConnectorSettings;
}

const WEBHOOKS = {
  secrets: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`],
  allowHttp: true,
  allowAddresses: ['127.0.0.1'],
};
const DISPATCH_LIMITS = {
  ...{ leaseMs: 20_000, callTimeoutMs: 5_000, waitMs: 25_000 },
  ...{ maxTries: 3, retryMs: 5, maxRetryMs: 20, maxConcurrent: 16 },
};

/** Worlds that a failing test did not come to close. */
const open = new Set<World>();
afterAll(() => Promise.all([...open].map((world) => world.close())));

/** Everything real: store, ledger, views, feed, and HTTP on a port of its own. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'countersign-api-'));
  const inner = await openSqliteStore(':memory:');
  const store = options.wrapStore?.(inner) ?? inner;
  let offset = 0;
  const clock = () => Date.now() + offset;
  const lines: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const quiet = () => {};

  const projections = await startProjections({
    storeUrl: 'sqlite::memory:',
    store: inner,
    dataDir,
    log: quiet,
  });
  const connectors = options.connectors
    ? createConnectors({ webhook: WEBHOOKS, ...options.connectors })
    : undefined;
  const metrics = createMetrics({
    projections,
    clock,
    connectors: connectors?.map(({ name }) => name) ?? [],
  });
  const signals = combineSignals(metrics.signals, lifecycleLog(logger));
  const text = options.policy ?? POLICY;
  const schemas = options.schemas ?? SCHEMAS;
  let bundle: PolicyBundle = { file: 'policy.yaml', text, schemas };
  const policies = createPolicyRegister({ store, clock, signals });
  const following = new AbortController();
  const activated = await policies.activate(bundle, 'test', 'start');
  if (!activated.ok) throw new Error(JSON.stringify(activated.errors));
  await policies.follow(following.signal);
  const keys = openSqliteRequestKeys(':memory:');
  const ledger = createLedger({
    store,
    policies,
    keys,
    clock,
    signals,
    overrideLimits: { maxKeys: 5, maxChars: 500 },
    deadlineMs: options.deadlineMs ?? 5000,
    findRecentDenial: async (sought) => projections.requests.recentDenial(sought),
    ...(connectors && { plans: checksBy(connectors) }),
  });
  const dispatcher =
    connectors &&
    createDispatcher({
      ledger,
      connectors,
      clock,
      projections: {
        deadlines: deadlinesOf(projections.deadlines, DISPATCHER_KINDS),
        onAdvanced: projections.onAdvanced,
      },
      instance: 'the-instance-of-these-tests',
      limits: DISPATCH_LIMITS,
      signals: dispatchSignals(logger),
    });
  const feed = await createLiveFeed({ store: inner, log: quiet });
  const closing = new AbortController();
  const deps: ApiDeps = {
    ledger,
    policies,
    store,
    projections,
    feed,
    secrets: createSecrets(generateSecret()),
    keys,
    clock,
    logger,
    metrics,
    auth: { jwtSecrets: [JWT_SECRET], apiKeys: [] },
    adminTokens: [ADMIN_TOKEN],
    metricsTokens: [],
    readPolicy: async () => bundle,
    trustProxy: false,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    closing: closing.signal,
    dispatcher,
    ...options.deps,
  };
  if (!(await projections.ready(10_000))) throw new Error('the views did not become ready');
  dispatcher?.start();
  const app = createApi(deps);
  const server = await startServer(app, {
    host: '127.0.0.1',
    port: 0,
    closing,
    graceMs: 2000,
    ...options.server,
  });

  const world: World = {
    url: server.url,
    deps,
    server,
    store,
    log: lines,
    call: createCaller(server.url, clock, options.checkAnswers ?? true),
    advance(ms) {
      offset += ms;
      dispatcher?.wake();
    },
    setPolicy(changes) {
      bundle = { ...bundle, ...changes };
    },
    async events() {
      const { events } = await inner.readLog(START, 10_000);
      return events.filter((event) => event.stream !== 'policy');
    },
    async close() {
      open.delete(world);
      await server.close();
      await dispatcher?.stop();
      following.abort();
      await feed.close();
      await projections.close();
      await keys.close();
      await inner.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  open.add(world);
  return world;
}
