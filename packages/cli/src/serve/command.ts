import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { CliError } from '../cli-error.ts';
import { type Config, readConfig } from '../config/config.ts';
import { ConfigError } from '../config/problem.ts';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../output/io.ts';
import { readUsablePolicy } from '../policy/bundle.ts';

/** `countersign serve`: runs until a signal ends it. @returns 0 when everything was closed in time */
export async function serve(io: Io): Promise<number> {
  const config = configured(io);
  const bundle = await readUsablePolicy(config.policyPath);
  shareCompileCache();
  // Loaded only now: what is wrong with the configuration or the policy is told without a wait.
  const { run } = await import('./run.ts');
  await run(io, config, bundle);
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

/** Threads find what this process has compiled by this variable only; it halves the time they take to load. */
function shareCompileCache(): void {
  const versioned = getCompileCacheDir();
  if (versioned !== undefined) process.env.NODE_COMPILE_CACHE ??= dirname(versioned);
}
