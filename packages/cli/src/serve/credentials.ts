import { generateSecret } from '@countersign/application';
import type { Config } from '../config/config.ts';
import { mintToken } from '../tokens/mint.ts';
import { PERSONAS } from '../tokens/personas.ts';
import { ownSecretsKey } from './secrets-key.ts';

/** The secrets this server runs with: as configured, or its own where it may make them. */
export interface Credentials {
  /** Newest first; empty where only an identity provider's keys count. */
  readonly jwtSecrets: readonly string[];
  /** Newest first; empty closes `/api/admin`. */
  readonly adminTokens: readonly string[];
  readonly metricsTokens: readonly string[];
  /** As `SECRETS_KEY` is written. */
  readonly secretsKey: string;
  /** Only of a development server. */
  readonly development?: DevelopmentCredentials;
}

export interface DevelopmentCredentials {
  readonly jwtSecret: string;
  readonly adminToken: string;
  readonly tokens: Readonly<Record<string, string>>;
}

/** Tokens die with the secret at the next start anyway. */
const TOKEN_LIFE_SEC = 7 * 86_400;

export async function credentialsFor(config: Config): Promise<Credentials> {
  const given = {
    jwtSecrets: listOf(config.jwtSecret),
    adminTokens: listOf(config.adminToken),
    metricsTokens: listOf(config.metricsToken),
    secretsKey: config.secretsKey ?? ownSecretsKey(config.dataDir),
  };
  if (config.mode !== 'development') return given;
  const development = await makeDevelopmentCredentials(config, given.adminTokens[0]);
  return {
    ...given,
    jwtSecrets: [development.jwtSecret],
    adminTokens: given.adminTokens.length > 0 ? given.adminTokens : [development.adminToken],
    development,
  };
}

async function makeDevelopmentCredentials(
  { jwtIssuer: issuer, jwtAudience: audience }: Config,
  adminToken = generateSecret(),
): Promise<DevelopmentCredentials> {
  const jwtSecret = generateSecret();
  const minting = { secret: jwtSecret, expiresInSec: TOKEN_LIFE_SEC, issuer, audience };
  const minted = Object.entries(PERSONAS).map(
    async ([name, claims]) => [name, await mintToken(claims, minting)] as const,
  );
  return { jwtSecret, adminToken, tokens: Object.fromEntries(await Promise.all(minted)) };
}

/** Comma list, as several values of one secret are written while it is replaced. */
export function listOf(secrets: string | undefined): string[] {
  return (secrets ?? '')
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '');
}
