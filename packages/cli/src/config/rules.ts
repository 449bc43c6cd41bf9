import { isLoopback } from './loopback.ts';
import { isShared, type Mode, reasonsAgainstDevelopment } from './mode.ts';
import type { ConfigProblem } from './problem.ts';
import type { Environment } from './read.ts';
import type { Values } from './variables.ts';

const MIN_SECRET_CHARS = 32;
const TOO_SHORT = `must have ${MIN_SECRET_CHARS} characters or more (each, where there are several)`;
const HOLDS_NOTHING = 'holds an empty value; separate several with one comma, or unset it';

/** What variables mean to each other. Judges what could be read, so that all problems are told at once. */
export function checkRules(values: Partial<Values>, mode: Mode, env: Environment): ConfigProblem[] {
  return [
    ...loopbackInDevelopment(values, mode),
    ...tokensCanBeChecked(values, mode, env),
    ...secretsAreLong(values, mode),
    ...secretsKeyIsGiven(values, mode),
    ...slackIsComplete(values, mode),
    ...connectorsAreComplete(values),
    ...tlsIsComplete(values),
    ...keystoreIsGiven(values),
  ];
}

function loopbackInDevelopment({ host }: Partial<Values>, mode: Mode): ConfigProblem[] {
  if (mode !== 'development' || host === undefined || isLoopback(host)) return [];
  return [
    {
      variable: 'HOST',
      message: `a development server hands out tokens and so listens on loopback only, not on ${host}; set JWT_SECRET or JWKS_URL to run a real one`,
    },
  ];
}

function tokensCanBeChecked(values: Partial<Values>, mode: Mode, env: Environment): ConfigProblem[] {
  if (mode === 'development' || values.jwtSecret || values.jwksUrl) return [];
  // A JWKS_URL that is set and wrong has its own line already.
  if (env.JWKS_URL) return [];
  const why = reasonsAgainstDevelopment(env).join(', ');
  return [
    { variable: 'JWT_SECRET', message: `set it or JWKS_URL: with ${why} this is not a development server` },
  ];
}

function secretsAreLong(values: Partial<Values>, mode: Mode): ConfigProblem[] {
  const least = mode === 'production' ? MIN_SECRET_CHARS : 1;
  const lists = [
    ['SECRETS_KEY', values.secretsKey, MIN_SECRET_CHARS],
    ['JWT_SECRET', values.jwtSecret, least],
    ['ADMIN_TOKEN', values.adminToken, least],
    ['METRICS_TOKEN', values.metricsToken, least],
    ['SLACK_SIGNING_SECRET', values.slackSigningSecret, least],
    ['SLACK_BOT_TOKEN', values.slackBotToken, 1],
    ['SLACK_APP_TOKEN', values.slackAppToken, 1],
    ['WEBHOOK_SECRETS', values.webhookSecrets, 1],
    ['GITHUB_WEBHOOK_SECRET', values.githubWebhookSecret, least],
  ] as const;
  return lists.flatMap(([variable, list, min]) =>
    list?.split(',').some((secret) => secret.trim().length < min)
      ? [{ variable, message: min === 1 ? HOLDS_NOTHING : TOO_SHORT }]
      : [],
  );
}

function secretsKeyIsGiven({ secretsKey, store }: Partial<Values>, mode: Mode): ConfigProblem[] {
  if (secretsKey) return [];
  const make = 'make one with: openssl rand -base64 32';
  if (mode === 'production')
    return [{ variable: 'SECRETS_KEY', message: `is required in production; ${make}` }];
  if (!isShared(store ?? '')) return [];
  return [
    { variable: 'SECRETS_KEY', message: `is required with esdb://, the same for every instance; ${make}` },
  ];
}

/** Half of Slack's credentials would be a server that posts and never hears, or hears and never posts. */
function slackIsComplete(values: Partial<Values>, mode: Mode): ConfigProblem[] {
  const { slack, slackBotToken, slackSigningSecret, slackAppToken } = values;
  if (slack === 'off') return [];
  const given = [slackBotToken, slackSigningSecret, slackAppToken].some((value) => value !== undefined);
  if (!given && mode !== 'production') return [];
  if (slackBotToken && (slackSigningSecret || slackAppToken)) return [];
  const needs = 'SLACK_BOT_TOKEN with SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN (Socket Mode)';
  return [
    {
      variable: 'SLACK',
      message: `${mode === 'production' ? 'production' : 'Slack'} needs ${needs}; to do without Slack, set SLACK=off`,
    },
  ];
}

/** Credentials that belong together come together. */
function connectorsAreComplete(values: Partial<Values>): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { githubDispatchToken, githubAppId, githubAppPrivateKeyFile, githubAppInstallationId } = values;
  if (githubAppId && !githubAppPrivateKeyFile)
    problems.push({ variable: 'GITHUB_APP_PRIVATE_KEY_FILE', message: 'is missing beside GITHUB_APP_ID' });
  if ((githubAppPrivateKeyFile || githubAppInstallationId) && !githubAppId)
    problems.push({ variable: 'GITHUB_APP_ID', message: 'is missing beside what belongs to an App' });
  if (githubDispatchToken && githubAppId)
    problems.push({
      variable: 'GITHUB_APP_ID',
      message: 'stands beside GITHUB_DISPATCH_TOKEN; use one of them',
    });
  const sharepoint = {
    SHAREPOINT_TENANT_ID: values.sharepointTenantId,
    SHAREPOINT_CLIENT_ID: values.sharepointClientId,
    SHAREPOINT_CLIENT_SECRET: values.sharepointClientSecret,
  };
  const missing = Object.entries(sharepoint).filter(([, value]) => !value);
  if (missing.length > 0 && missing.length < 3) {
    for (const [variable] of missing)
      problems.push({ variable, message: 'is missing beside the other two of the application' });
  }
  return problems;
}

function tlsIsComplete(values: Partial<Values>): ConfigProblem[] {
  const { tlsCertFile, tlsKeyFile, tlsCaFile, requireClientCert } = values;
  const problems: ConfigProblem[] = [];
  if (tlsCertFile && !tlsKeyFile)
    problems.push({ variable: 'TLS_KEY_FILE', message: 'is missing beside TLS_CERT_FILE' });
  if (tlsKeyFile && !tlsCertFile)
    problems.push({ variable: 'TLS_CERT_FILE', message: 'is missing beside TLS_KEY_FILE' });
  if (requireClientCert && !(tlsCertFile && tlsKeyFile && tlsCaFile)) {
    problems.push({
      variable: 'REQUIRE_CLIENT_CERT',
      message: 'needs TLS_CERT_FILE, TLS_KEY_FILE and TLS_CA_FILE',
    });
  }
  return problems;
}

function keystoreIsGiven({ keystore, store }: Partial<Values>): ConfigProblem[] {
  if (keystore || !isShared(store ?? '')) return [];
  return [
    {
      variable: 'KEYSTORE',
      message:
        'is required with esdb://: sqlite:<file> on a volume that every instance of this ledger shares',
    },
  ];
}
