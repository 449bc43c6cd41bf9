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
import { createLiveFeed, type LiveFeed, startProjections } from '@countersign/projections';
import type { Express } from 'express';

/** Where a yardstick differs from the product. */
export interface Differences {
  readonly store?: (real: EventStore) => EventStore;
  readonly api?: (real: Express, feed: LiveFeed) => Express;
}

/**
 * A server made of the product's parts with one of them changed: a yardstick for that part alone. Settings come by
 * the environment, as for `countersign serve`; ends at SIGTERM.
 */
export async function serveWith({ store: changeStore, api: changeApi }: Differences): Promise<void> {
  const { DATA_DIR = '', PORT = '', POLICY_PATH = '', JWT_SECRET = '' } = process.env;
  const file = join(DATA_DIR, 'ledger.db');
  const clock = systemClock;
  const real = await openSqliteStore(file);
  const store = changeStore?.(real) ?? real;
  const keys = openSqliteRequestKeys(`${file}.keys`);
  const logger = createLogger();
  const projections = await startProjections({ storeUrl: `sqlite:${file}`, store, dataDir: DATA_DIR });
  const feed = await createLiveFeed({ store });
  const metrics = createMetrics({ projections, clock });
  const signals = combineSignals(metrics.signals, lifecycleLog(logger));
  const policies = createPolicyRegister({ store, clock, signals });
  const bundle = { file: POLICY_PATH, text: readFileSync(POLICY_PATH, 'utf8'), schemas: {} };
  await policies.activate(bundle, 'file', 'start', true);
  const overrideLimits = { maxKeys: 20, maxChars: 4000 };
  const ledger = createLedger({ store, policies, keys, clock, signals, overrideLimits });
  const closing = new AbortController();
  const api = createApi({
    ...{ ledger, policies, store, projections, feed, keys, clock, logger, metrics },
    secrets: createSecrets(generateSecret()),
    auth: { jwtSecrets: [JWT_SECRET], apiKeys: [] },
    adminTokens: [],
    metricsTokens: [],
    readPolicy: async () => bundle,
    trustProxy: false,
    rateLimit: { capacity: 1e9, refillPerSec: 1e9 },
    limits: DEFAULT_LIMITS,
    closing: closing.signal,
  });
  const server = await startServer(changeApi?.(api, feed) ?? api, {
    host: '127.0.0.1',
    port: Number(PORT),
    closing,
  });

  process.once('SIGTERM', async () => {
    await server.close();
    await feed.close();
    await projections.close();
    await real.close();
    await keys.close();
  });
}
