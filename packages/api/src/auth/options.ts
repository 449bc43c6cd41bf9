import type { ApiKey } from './api-keys.ts';

export interface AuthOptions {
  /** HS256 secrets (`JWT_SECRET`), any of which may have signed. */
  readonly jwtSecrets: readonly string[];
  /** Where the identity provider publishes its keys (`JWKS_URL`). */
  readonly jwksUrl?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  /** What a token without `kind` stands for (`JWT_DEFAULT_KIND`); `human` unless said. */
  readonly defaultKind?: 'human' | 'machine' | undefined;
  readonly apiKeys: readonly ApiKey[];
}
