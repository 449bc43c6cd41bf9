import {
  type ApiDeps,
  combineSignals,
  createApi,
  createMetrics,
  DEFAULT_LIMITS,
  lifecycleLog,
  type RunningServer,
  startServer,
} from '@countersign/api';
import {
  type Clock,
  createLedger,
  createPolicyRegister,
  createSecrets,
  type Ledger,
  type LedgerSignals,
  type PolicyRegister,
  systemClock,
} from '@countersign/application';
import { checksBy } from '@countersign/domain';
import { type EventStore, openStore } from '@countersign/event-store';
import { startTimers } from '@countersign/processes';
import {
  type ProjectionLog,
  type Projections,
  startProjections,
  ViewUnavailable,
} from '@countersign/projections';
import type { Logger } from 'pino';
import { CliError } from '../cli-error.ts';
import type { Config } from '../config/config.ts';
import { readPolicyBundle } from '../policy/bundle.ts';
import { type Closers, createClosers } from './closers.ts';
import { type Credentials, listOf } from './credentials.ts';
import { connectorsOf, keepDispatching, keepTelling } from './dispatch.ts';
import { feedWhenReachable } from './feed.ts';
import { openKeystore } from './keystore.ts';
import { recentDenialFinder } from './recent-denial.ts';
import { connectSlack } from './slack.ts';
import { storeSignals } from './store-signals.ts';
import { makeDataDir, readApiKeys, readTls, traceFrom } from './surroundings.ts';

/** A server that listens, and all that it stands on. */
export interface Application {
  readonly url: string;
  /** Page of the simulated Slack; null where there is none. */
  readonly simulatorUrl: string | null;
  readonly policies: PolicyRegister;
  /** Finishes what was begun, bounded in time. @returns what could not be closed */
  stop(): Promise<readonly string[]>;
}

/**
 * Wires everything together, from the store up. Resolves once it listens, whether or not the ledger can be reached.
 * @throws CliError with one clear line; nothing stays open then
 */
export async function startApplication(
  config: Config,
  credentials: Credentials,
  logger: Logger,
): Promise<Application> {
  const closers = createClosers(logger, config.shutdownTimeoutMs);
  try {
    return await wire(config, credentials, logger, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function wire(
  config: Config,
  credentials: Credentials,
  logger: Logger,
  closers: Closers,
): Promise<Application> {
  const clock = systemClock;
  const log: ProjectionLog = (level, message, facts) => logger[level]({ ...facts }, message);
  const [tls, apiKeys] = [await readTls(config), await readApiKeys(config.apiKeysFile)];
  await makeDataDir(config.dataDir);
  const secrets = createSecrets(credentials.secretsKey);
  const connectors = await connectorsOf(config);
  await traceFrom(config, logger, closers);

  const store = await openLedgerStore(config.store, logger);
  closers.add('the event store', () => store.close());
  const keys = openKeystore(config.keystore);
  closers.add('the key store', () => keys.close());
  const projections = await startProjections({ storeUrl: config.store, store, dataDir: config.dataDir, log });
  closers.add('the projections', () => projections.close());
  const feed = feedWhenReachable(store, log);
  closers.add('the live feed', () => feed.close());

  const metrics = createMetrics({
    projections,
    connectors: connectors.map(({ name }) => name),
    clock,
    onUnavailable: (err) => logger.warn({ scope: 'metrics.gauges_unavailable', err }),
  });
  const signals = combineSignals(metrics.signals, lifecycleLog(logger));
  const policies = followPolicies({ store, clock, signals }, closers);
  const ledger = createLedger({
    store,
    policies,
    keys,
    clock,
    signals,
    overrideLimits: { maxKeys: config.overrideMaxKeys, maxChars: config.overrideMaxChars },
    findRecentDenial: recentDenialFinder(store, projections),
    slack: config.slackMode !== 'off',
    plans: checksBy(connectors),
  });
  keepTime(config, ledger, projections, logger, closers);
  const parts = { ledger, connectors, projections, clock, logger };
  const dispatcher = keepDispatching(parts, closers);
  keepTelling({ ...parts, store, policies }, closers);

  const slack = await connectSlack(
    { config, ledger, policies, store, projections, clock, metrics, logger },
    closers,
  );
  const closing = new AbortController();
  const api = createApi({
    ...{ ledger, policies, store, projections, feed, secrets, keys, clock, logger, metrics },
    ...accessRules(config, credentials),
    auth: authOptions(config, credentials, apiKeys),
    readPolicy: () => readPolicyBundle(config.policyPath),
    limits: DEFAULT_LIMITS,
    closing: closing.signal,
    ...(slack && { slack: slack.adapter }),
    dispatcher,
    ...githubCalls(config),
  });
  const server = await listen(config, () =>
    startServer(api, {
      host: config.host,
      port: config.port,
      tls,
      closing,
      graceMs: config.shutdownTimeoutMs / 2,
    }),
  );
  closers.add('the HTTP server', () => server.close());
  await slack?.begin(server.url);
  return {
    url: server.url,
    simulatorUrl: slack?.simulatorUrl ?? null,
    policies,
    stop: () => closers.close(),
  };
}

/** A ledger that cannot be opened at all is told in one line; one that cannot be reached yet is waited for. */
async function openLedgerStore(url: string, logger: Logger): Promise<EventStore> {
  try {
    return await openStore(url, { eventStoreDb: { signals: storeSignals(logger) } });
  } catch (error) {
    throw new CliError(`the ledger cannot be opened (STORE): ${(error as Error).message}`, undefined, {
      cause: error,
    });
  }
}

function followPolicies(
  options: { store: EventStore; clock: Clock; signals: LedgerSignals },
  closers: Closers,
): PolicyRegister {
  const policies = createPolicyRegister(options);
  const following = new AbortController();
  const caughtUp = policies.follow(following.signal);
  closers.add('the policy register', async () => {
    following.abort();
    await caughtUp;
  });
  return policies;
}

function keepTime(
  config: Config,
  ledger: Ledger,
  projections: Projections,
  logger: Logger,
  closers: Closers,
): void {
  const timers = startTimers({
    ledger,
    projections,
    clock: systemClock,
    maxSleepMs: config.schedulerIntervalMs,
    onError: (err, due) => {
      // The view is being built: timers look again, and what is overdue then fires at once.
      if (err instanceof ViewUnavailable) return;
      logger.error({ scope: 'timers.failed', err, ...(due && { requestId: due.requestId, kind: due.kind }) });
    },
  });
  closers.add('the timers', () => timers.stop());
}

function githubCalls({ githubWebhookSecret, githubOwners }: Config): Pick<ApiDeps, 'github'> {
  const [secrets, owners] = [listOf(githubWebhookSecret), listOf(githubOwners)];
  return secrets.length > 0 ? { github: { secrets, ...(owners.length > 0 && { owners }) } } : {};
}

function accessRules(config: Config, { adminTokens, metricsTokens }: Credentials) {
  return {
    adminTokens,
    metricsTokens,
    trustProxy: config.trustProxy,
    rateLimit: { capacity: config.rateLimitCapacity, refillPerSec: config.rateLimitRefillPerSec },
  };
}

function authOptions(
  config: Config,
  { jwtSecrets }: Credentials,
  apiKeys: ApiDeps['auth']['apiKeys'],
): ApiDeps['auth'] {
  return {
    jwtSecrets,
    jwksUrl: config.jwksUrl,
    issuer: config.jwtIssuer,
    audience: config.jwtAudience,
    defaultKind: config.jwtDefaultKind,
    apiKeys,
  };
}

async function listen({ host, port }: Config, start: () => Promise<RunningServer>): Promise<RunningServer> {
  try {
    return await start();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const where = `${host}:${port}`;
    if (code === 'EADDRINUSE')
      throw new CliError(`${where} is in use by another program; choose another PORT`);
    if (code === 'EACCES')
      throw new CliError(`${where} may not be listened on by this user; choose a PORT above 1023`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new CliError(`HOST=${host} is no address of this machine`);
    throw new CliError(`cannot listen on ${where}: ${message}`, undefined, { cause: error });
  }
}
