import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@countersign/api';
import type { PolicyBundle } from '@countersign/application';
import type { Logger } from 'pino';
import { CliError } from '../cli-error.ts';
import type { Config } from '../config/config.ts';
import type { Io } from '../output/io.ts';
import { removeDevFile, writeDevFile } from '../tokens/dev-file.ts';
import { type Application, startApplication } from './application.ts';
import { sayHowToTry, sayStarted } from './banner.ts';
import { type Credentials, credentialsFor } from './credentials.ts';
import { activateAtStart, reloadOnSignal } from './policy.ts';
import { untilTold } from './signals.ts';

/** A ledger that takes longer to answer is told about. */
const PATIENCE_MS = 3000;
const WAITING = 'none yet: the ledger has not been reached';

/** Starts the server, tells how to reach it, and stops it when a signal says so. */
export async function run(io: Io, config: Config, bundle: PolicyBundle): Promise<void> {
  const logger = createLogger({ level: logLevelOf(config) });
  const credentials = await credentialsFor(config);
  const application = await startApplication(config, credentials, logger);
  const stopping = new AbortController();
  try {
    leaveTokens(config, credentials, application.url);
    const told = untilTold({
      onReload: () => void reloadOnSignal(application.policies, config.policyPath, logger),
    });
    const activated = activateAtStart(application.policies, bundle, stopping.signal);
    sayStarted(
      io,
      config,
      application,
      await Promise.race([activated, sleep(PATIENCE_MS, WAITING, { ref: false })]),
    );
    if (credentials.development) sayHowToTry(io, config, application.url, credentials.development, bundle);
    // A policy that the ledger refuses ends the server; one that waits for the ledger does not.
    const signal = await Promise.race([told, activated.then(() => told)]);
    io.say(`countersign stops (${signal})`);
  } finally {
    stopping.abort();
    await stop(application, config, logger);
  }
}

function logLevelOf({ sseDebug, logLevel }: Config): Config['logLevel'] {
  return sseDebug && logLevel === 'info' ? 'debug' : logLevel;
}

function leaveTokens(config: Config, { development }: Credentials, url: string): void {
  // What another mode finds here was left by a development server that is gone.
  if (development) writeDevFile(config.dataDir, { url, ...development });
  else removeDevFile(config.dataDir);
}

async function stop(application: Application, config: Config, logger: Logger): Promise<void> {
  if (config.mode === 'development') removeDevFile(config.dataDir);
  const left = await application.stop();
  if (left.length > 0) logger.error({ left }, 'the server gave up waiting');
  logger.flush();
  if (left.length === 0) return;
  // What hangs would keep the process alive: the exit code is told, and the process ended behind it.
  setTimeout(() => process.exit(), 1000).unref();
  throw new CliError(`not closed within ${config.shutdownTimeoutMs} ms: ${left.join(', ')}`);
}
