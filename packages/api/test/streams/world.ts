import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Clock,
  type Context,
  createLedger,
  createPolicyRegister,
  createSecrets,
  type Ledger,
  openSqliteRequestKeys,
  type PolicyRegister,
  type RequestKeys,
  waitTokenFor,
} from '@countersign/application';
import type { JsonObject, Principal } from '@countersign/domain';
import { openSqliteStore, type SqliteStore } from '@countersign/event-store';
import { createLiveFeed, type LiveFeed, type Projections, startProjections } from '@countersign/projections';
import express, { type Express } from 'express';
import type { Logger } from 'pino';
import { setIdentity } from '../../src/auth/identity.ts';
import { combineSignals, createLogger, lifecycleLog, logRequests } from '../../src/logs/index.ts';
import { createMetrics, type Metrics, metricsRoute } from '../../src/metrics/index.ts';
import { problemHandler } from '../../src/problems/handler.ts';
import { correlate } from '../../src/server/headers.ts';
import {
  createStreams,
  eventsStreamRoute,
  type StreamLimits,
  type Streams,
  waitRoute,
  waitSseRoute,
} from '../../src/streams/index.ts';
import { traceRequests } from '../../src/tracing/index.ts';

/** Of the wait tokens. */
export const SECRET = 'a-secret-for-tests-of-32-characters-or-more';

export const POLICY = `
version: 1
superApprovers: [alice]
groups: { sre: [bob, carol], security: [dan] }
personas: { on-call: { group: sre } }
actions:
  deploy: { approvers: { groups: [sre] }, minApprovals: 2, timeoutSec: 3600 }
  guarded: { approvers: { groups: [sre] }, personas: [on-call], timeoutSec: 3600 }
  solo: { approvers: { groups: [sre] }, timeoutSec: 3600, slack: { channel: '#solo' } }
  brief: { approvers: { groups: [sre] }, timeoutSec: 1 }
  secret: { approvers: { groups: [sre] }, redact: [/password], personal: [/customer/email], overrides: { keys: [size] } }
  ship: { approvers: { groups: [sre] }, plan: [{ connector: webhook, operation: post }] }
  ship.brief: { approvers: { groups: [sre] }, validForSec: 1, plan: [{ connector: webhook, operation: post }] }
  "report.*": { autoApprove: true }
`;

const CLAIM = { instance: 'one', leaseMs: 60_000 };

/** Store, ledger, views, feed and HTTP as a server has them; only the log's destination and the limits are the test's. */
export interface World {
  readonly url: string;
  readonly port: number;
  readonly store: SqliteStore;
  readonly ledger: Ledger;
  readonly policies: PolicyRegister;
  readonly keys: RequestKeys;
  readonly feed: LiveFeed;
  readonly projections: Projections;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly streams: Streams;
  readonly closing: AbortController;
  /** Lines of the log so far. */
  readonly log: string[];
  ask(action?: string, params?: JsonObject, more?: { channel?: 'guard' | 'gate' }): Promise<Asked>;
  decide(requestId: string, who: string, status?: 'approved' | 'denied'): ReturnType<Ledger['execute']>;
  acknowledge(requestId: string, who: string): ReturnType<Ledger['execute']>;
  /** Begins the dispatch of an approved request. */
  dispatch(requestId: string): ReturnType<Ledger['execute']>;
  /** The plan's only step is begun, and ends so. */
  step(requestId: string, dispatch: number, how: 'succeeded' | 'failed'): Promise<void>;
  close(): Promise<void>;
}

export interface Asked {
  readonly id: string;
  readonly token: string;
  readonly position: string;
}

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

export function as(principal: Principal): Context {
  return { principal, via: 'api', correlationId: 'test' };
}

export interface WorldOptions {
  readonly limits?: Partial<StreamLimits>;
  readonly clock?: Clock;
  readonly metricsTokens?: readonly string[];
  /** Requests name the Slack channel that the policy names for them. */
  readonly slack?: boolean;
  readonly ringSize?: number;
  /** More routes, mounted before the problem handler. */
  readonly mount?: (app: Express, ledger: Ledger) => void;
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { clock = Date.now, ringSize } = options;
  const folder = await mkdtemp(join(tmpdir(), 'countersign-api-'));
  const store = await openSqliteStore(':memory:');
  const keys = openSqliteRequestKeys(':memory:');
  const secrets = createSecrets(SECRET);
  const log: string[] = [];
  const logger = createLogger({ level: 'debug', to: { write: (line) => void log.push(line) } });
  const feed = await createLiveFeed({ store, ...(ringSize !== undefined && { ringSize }) });
  const projections = await startProjections({ storeUrl: 'sqlite::memory:', store, dataDir: folder });
  const metrics = createMetrics({ projections, clock });
  const signals = combineSignals(metrics.signals, lifecycleLog(logger));
  const policies = createPolicyRegister({ store, clock, signals });
  const activated = await policies.activate(
    { file: 'policy.yaml', text: POLICY, schemas: {} },
    'test',
    'start',
  );
  if (!activated.ok) throw new Error(JSON.stringify(activated.errors));
  const ledger = createLedger({
    store,
    keys,
    clock,
    policies,
    signals,
    overrideLimits: { maxKeys: 5, maxChars: 1000 },
    ...(options.slack !== undefined && { slack: options.slack }),
  });

  const closing = new AbortController();
  const deps = { store, feed, secrets, keys, clock, logger, closing: closing.signal };
  const streams = createStreams(deps, options.limits);
  const app = express();
  app.set('query parser', 'simple');
  app.use(correlate(), traceRequests(), metrics.httpMetrics(), logRequests(logger));
  app.get('/api/guard/wait', waitRoute(deps, streams));
  app.get('/api/guard/wait-sse', waitSseRoute(deps, streams));
  app.get('/api/events/stream', identify, eventsStreamRoute(deps, streams));
  app.get('/metrics', metricsRoute({ metrics, metricsTokens: options.metricsTokens ?? [] }));
  options.mount?.(app, ledger);
  app.use(problemHandler({ logger, metrics }));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    store,
    ledger,
    policies,
    keys,
    feed,
    projections,
    metrics,
    logger,
    streams,
    closing,
    log,
    async ask(action = 'solo', params = { service: 'shop' }, { channel = 'guard' } = {}) {
      const answer = await ledger.request({ action, params, channel }, as(ci));
      if (!answer.ok) throw new Error(`${answer.refusal.code}: ${answer.refusal.detail}`);
      const id = answer.approval.request.requestId;
      return { id, token: waitTokenFor(secrets, id), position: answer.position };
    },
    decide: (requestId, who, status = 'approved') =>
      ledger.execute({ type: 'Decide', requestId, status }, as(human(who))),
    acknowledge: (requestId, who) =>
      ledger.execute({ type: 'AcknowledgePersona', requestId, persona: 'on-call' }, as(human(who))),
    dispatch: (requestId) =>
      ledger.execute({ type: 'StartDispatch', requestId, ...CLAIM }, as(human('ada', { roles: ['admin'] }))),
    async step(requestId, dispatch, how) {
      const until = new Date(clock() + CLAIM.leaseMs).toISOString();
      const common = { type: 'RecordStep', requestId, instance: CLAIM.instance, dispatch } as const;
      await ledger.tick({ ...common, report: { what: 'started', step: 0, try: 1, until } });
      const report =
        how === 'succeeded'
          ? ({ what: how, step: 0, result: {}, reconciled: false } as const)
          : ({ what: how, step: 0, try: 1, error: 'refused', transient: false } as const);
      await ledger.tick({ ...common, report });
    },
    async close() {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await projections.close();
      await feed.close();
      await store.close();
      await keys.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Who calls is written in headers here: how tokens are read is tested elsewhere. */
const identify: express.RequestHandler = (req, res, next) => {
  const roles = (req.get('x-roles') ?? 'auditor').split(',') as Principal['roles'];
  const tenant = req.get('x-tenant') ?? 'default';
  const principal = human(req.get('x-sub') ?? 'ann', { roles, tenant });
  setIdentity(res, { kind: 'principal', principal });
  next();
};

/** Waits for a condition, in turns of the event loop; fails after five seconds. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`did not happen within 5 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
