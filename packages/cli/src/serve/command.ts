import { createLogger } from '@countersign/api';
import type { Logger } from 'pino';
import { CliError } from '../cli-error.ts';
import { type Config, readConfig } from '../config/config.ts';
import { ConfigError } from '../config/problem.ts';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../output/io.ts';
import { removeDevFile, writeDevFile } from '../tokens/dev-file.ts';
import { type Application, startApplication } from './application.ts';
import { sayHowToTry, sayStarted } from './banner.ts';
import { type Credentials, credentialsFor } from './credentials.ts';
import { activateAtStart, readUsablePolicy, reloadOnSignal } from './policy.ts';
import { untilTold } from './signals.ts';

/** `countersign serve`: runs until a signal ends it. @returns 0 when everything was closed in time */
export async function serve(io: Io): Promise<number> {
  const config = configured(io);
  const logger = createLogger({
    level: config.sseDebug && config.logLevel === 'info' ? 'debug' : config.logLevel,
  });
  const bundle = await readUsablePolicy(config.policyPath);
  const credentials = await credentialsFor(config);
  const application = await startApplication(config, credentials, logger);
  leaveTokens(config, credentials, application.url);
  sayStarted(io, config, application.url);
  if (credentials.development) sayHowToTry(io, config, application.url, credentials.development, bundle);

  const stopping = new AbortController();
  const activated = activateAtStart(application.policies, bundle, stopping.signal);
  const told = untilTold({
    onReload: () => void reloadOnSignal(application.policies, config.policyPath, logger),
  });
  // A policy that the ledger refuses ends the server; one that waits for the ledger does not.
  const failure = activated.then(() => new Promise<never>(() => {}));
  try {
    const signal = await Promise.race([told, failure]);
    io.say(`countersign stops (${signal})`);
  } finally {
    stopping.abort();
    await stop(application, config, logger);
  }
  return EXIT.ok;
}

function configured(io: Io): Config {
  try {
    const config = readConfig(io.env);
    for (const warning of config.warnings) io.say(`warning: ${warning}`);
    return config;
  } catch (error) {
    if (error instanceof ConfigError) throw new CliError(error.message, EXIT.error, { cause: error });
    throw error;
  }
}

function leaveTokens(config: Config, { development }: Credentials, url: string): void {
  // What another mode finds here was left by a development server that is gone.
  if (development) writeDevFile(config.dataDir, { url, ...development });
  else removeDevFile(config.dataDir);
}

async function stop(application: Application, config: Config, logger: Logger): Promise<void> {
  if (config.mode === 'development') removeDevFile(config.dataDir);
  const left = await application.stop();
  logger.flush();
  if (left.length === 0) return;
  logger.error({ left }, 'the server gave up waiting');
  throw new CliError(`not closed within ${config.shutdownTimeoutMs} ms: ${left.join(', ')}`);
}
