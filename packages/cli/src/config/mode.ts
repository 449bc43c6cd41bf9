import type { Environment } from './read.ts';
import type { Values } from './variables.ts';

/**
 * - `development`: nothing says that anybody relies on this server; it makes its own secrets and hands out tokens, on loopback.
 * - `production`: `NODE_ENV=production`.
 * - `staging`: anything between.
 */
export type Mode = 'development' | 'staging' | 'production';

/** Why this is not a development server, by the variables that say so; empty when it is one. */
export function reasonsAgainstDevelopment(env: Environment): string[] {
  const named = Object.keys(env).filter(
    (name) => env[name] && (name.startsWith('SLACK_') || name === 'JWT_SECRET' || name === 'JWKS_URL'),
  );
  if (env.NODE_ENV?.trim() === 'production') named.push('NODE_ENV=production');
  if (isShared(env.STORE ?? '')) named.push('STORE=esdb://…');
  return named.toSorted();
}

export function modeOf(env: Environment): Mode {
  if (env.NODE_ENV?.trim() === 'production') return 'production';
  return reasonsAgainstDevelopment(env).length === 0 ? 'development' : 'staging';
}

/** A ledger that other machines may write to. */
export function isShared(store: NonNullable<Values['store']>): boolean {
  return store.trim().startsWith('esdb');
}

/**
 * - `simulated`: a development server without Slack plays a workspace of its own.
 * - `off`: nothing is told in Slack.
 */
export type SlackMode = 'off' | 'simulated' | 'http' | 'socket';

/** Clicks in a simulated workspace prove nothing about who clicked: never beside credentials that reach the world. */
export function slackModeOf(values: Values, mode: Mode): SlackMode {
  const { slack, slackBotToken, slackAppToken } = values;
  if (slack === 'off') return 'off';
  if (mode === 'development') return credentialsIn(values).length > 0 ? 'off' : 'simulated';
  if (!slackBotToken) return 'off';
  return slackAppToken ? 'socket' : 'http';
}

/** Variables that let connectors act somewhere. */
export function credentialsIn(values: Values): string[] {
  const { githubDispatchToken, githubAppId, sharepointClientSecret } = values;
  const { webhookSecrets, webhookEndpointsFile } = values;
  return [
    ...(webhookSecrets ? ['WEBHOOK_SECRETS'] : []),
    ...(webhookEndpointsFile ? ['WEBHOOK_ENDPOINTS_FILE'] : []),
    ...(githubDispatchToken ? ['GITHUB_DISPATCH_TOKEN'] : []),
    ...(githubAppId ? ['GITHUB_APP_ID'] : []),
    ...(sharepointClientSecret ? ['SHAREPOINT_CLIENT_SECRET'] : []),
  ];
}
