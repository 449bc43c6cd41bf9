import { credentialsIn, type Mode, modeOf, type SlackMode, slackModeOf } from './mode.ts';
import { ConfigError } from './problem.ts';
import { type Environment, readValues, unheard } from './read.ts';
import { checkRules } from './rules.ts';
import type { Values } from './variables.ts';

/** What the server is told, checked, with every default filled in. Secrets of a development server are not made yet. */
export type Config = Omit<Values, 'host' | 'keystore'> & {
  readonly mode: Mode;
  readonly slackMode: SlackMode;
  readonly host: string;
  readonly keystore: string;
  /** Things to tell whoever starts the server. */
  readonly warnings: readonly string[];
};

/** @throws ConfigError naming every problem */
export function readConfig(env: Environment): Config {
  const mode = modeOf(env);
  const { values, problems } = readValues(env);
  problems.push(...checkRules(values, mode, env));
  if (problems.length > 0) throw new ConfigError(problems);
  const complete = values as Values;
  return {
    ...complete,
    mode,
    slackMode: slackModeOf(complete, mode),
    host: complete.host ?? (mode === 'production' ? '0.0.0.0' : '127.0.0.1'),
    keystore: complete.keystore ?? keystoreBeside(complete.store),
    warnings: warningsOf(complete, env, mode),
  };
}

function keystoreBeside(store: string): string {
  return store === 'sqlite::memory:' ? store : `${store}.keys`;
}

function warningsOf(values: Values, env: Environment, mode: Mode): string[] {
  const { jwtSecret } = values;
  const warnings = unheard(env).map(
    ({ variable, waitsFor }) =>
      `${variable} is set, but ${waitsFor} is not part of this version: it has no effect`,
  );
  if (mode === 'staging' && jwtSecret?.split(',').some((secret) => secret.trim().length < 32)) {
    warnings.push('JWT_SECRET has fewer than 32 characters: production would refuse it');
  }
  const credentials = credentialsIn(values);
  if (mode === 'development' && values.slack !== 'off' && credentials.length > 0) {
    warnings.push(`no simulated Slack beside ${credentials.join(', ')}: its clicks prove nothing`);
  }
  return warnings;
}
