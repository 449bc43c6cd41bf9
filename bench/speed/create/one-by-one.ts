import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  combineSignals,
  createApi,
  createLogger,
  createMetrics,
  DEFAULT_LIMITS,
  lifecycleLog,
  startServer,
} from '@countersign/api';
import {
  createLedger,
  createPolicyRegister,
  createSecrets,
  generateSecret,
  openSqliteRequestKeys,
  systemClock,
} from '@countersign/application';
import { type EventStore, openSqliteStore } from '@countersign/event-store';
import { createLiveFeed, startProjections } from '@countersign/projections';

/**
 * The second yardstick: the same routes, decider, store and views, but the store is given one append at a time, so
 * that every request has a transaction of its own. Settings come by the environment, as for the server itself.
 */
const { DATA_DIR = '', PORT = '', POLICY_PATH = '', JWT_SECRET = '' } = process.env;
const file = join(DATA_DIR, 'ledger.db');
const clock = systemClock;
const real = await openSqliteStore(file);
const store = oneAtATime(real);
const keys = openSqliteRequestKeys(`${file}.keys`);
const logger = createLogger();
const projections = await startProjections({ storeUrl: `sqlite:${file}`, store, dataDir: DATA_DIR });
const feed = await createLiveFeed({ store });
const metrics = createMetrics({ projections, clock });
const signals = combineSignals(metrics.signals, lifecycleLog(logger));
const policies = createPolicyRegister({ store, clock, signals });
const bundle = { file: POLICY_PATH, text: readFileSync(POLICY_PATH, 'utf8'), schemas: {} };
await policies.activate(bundle, 'file', 'start', true);
const ledger = createLedger({
  store,
  policies,
  keys,
  clock,
  signals,
  overrideLimits: { maxKeys: 20, maxChars: 4000 },
});
const closing = new AbortController();
const api = createApi({
  ...{ ledger, policies, store, projections, feed, keys, clock, logger, metrics },
  secrets: createSecrets(generateSecret()),
  auth: { jwtSecrets: [JWT_SECRET], apiKeys: [] },
  adminTokens: [],
  metricsTokens: [],
  readPolicy: async () => bundle,
  trustProxy: false,
  limits: DEFAULT_LIMITS,
  closing: closing.signal,
});
const server = await startServer(api, { host: '127.0.0.1', port: Number(PORT), closing });

process.once('SIGTERM', async () => {
  await server.close();
  await feed.close();
  await projections.close();
  await real.close();
  await keys.close();
});

function oneAtATime(inner: EventStore): EventStore {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    append(...append) {
      const mine = tail.then(
        () => inner.append(...append),
        () => inner.append(...append),
      );
      tail = mine;
      return mine;
    },
    readStream: inner.readStream,
    readLog: inner.readLog,
    head: inner.head,
    subscribe: inner.subscribe,
    health: inner.health,
    close: inner.close,
  };
}
