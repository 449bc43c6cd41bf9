import { access, constants, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApiKey, loadTls, parseApiKeys, startTracing, type Tls } from '@countersign/api';
import type { Logger } from 'pino';
import { CliError } from '../cli-error.ts';
import type { Config } from '../config/config.ts';
import { ownVersion } from '../operate/version.ts';
import type { Closers } from './closers.ts';

/** Files and helpers that the configuration names and that must be there before anything starts. */

/** Makes the folder of the views; one that cannot be written to would leave a server that never gets ready. */
export async function makeDataDir(dataDir: string): Promise<void> {
  const views = join(dataDir, 'views');
  return clearly('DATA_DIR', async () => {
    await mkdir(views, { recursive: true });
    await access(views, constants.W_OK);
  });
}

export async function readApiKeys(file: string | undefined): Promise<ApiKey[]> {
  if (file === undefined) return [];
  return clearly('API_KEYS_FILE', async () => parseApiKeys(await readFile(file, 'utf8'), file));
}

export async function readTls(config: Config): Promise<Tls | undefined> {
  return clearly('TLS', () =>
    loadTls({
      certFile: config.tlsCertFile,
      keyFile: config.tlsKeyFile,
      caFile: config.tlsCaFile,
      requireClientCert: config.requireClientCert,
    }),
  );
}

export async function traceFrom(config: Config, logger: Logger, closers: Closers): Promise<void> {
  const tracing = await startTracing({
    enabled: config.tracingEnabled,
    exporter: config.tracingExporter,
    serviceVersion: ownVersion(),
    onError: (err) => logger.warn({ scope: 'tracing.failed', err }, 'spans could not be exported'),
  });
  if (tracing.enabled) closers.add('tracing', () => tracing.shutdown());
}

async function clearly<T>(variable: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new CliError(`${variable}: ${(error as Error).message}`, undefined, { cause: error });
  }
}
