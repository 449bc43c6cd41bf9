import { harmless } from '../http/judge.ts';
import { type TokenCache, tokenCache } from '../http/token-cache.ts';
import type { Secrets } from '../step/secrets.ts';
import { appJwt } from './app-jwt.ts';
import type { Requester } from './client.ts';
import { stopOfRequest } from './errors.ts';
import { type GitHubApp, privateKeyOf } from './settings.ts';

export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

export interface Credentials {
  /** The `authorization` header for requests to a repository. Throws a `Stop` that is `failed`. */
  authorization(repository: Repository, signal: AbortSignal): Promise<string>;
  /** Tells that GitHub did not accept one. Whether another may be had. */
  refused(authorization: string): boolean;
  /** Asks GitHub whether it knows them. */
  check(signal: AbortSignal): Promise<void>;
}

export function tokenCredentials(token: string, request: Requester): Credentials {
  const authorization = `Bearer ${token}`;
  return {
    authorization: async () => authorization,
    refused: () => false,
    async check(signal) {
      // Answers everybody, counts against no limit, and says 401 to a token that is none.
      await request('GET /rate_limit', { headers: { authorization }, request: { signal } });
    },
  };
}

const MAX_REPOSITORIES = 1000;

/** An App acts as its installation, with tokens of an hour that are kept until shortly before their end. */
export function appCredentials(
  { appId, privateKey, installationId }: GitHubApp,
  request: Requester,
  secrets: Secrets,
  now: () => number,
): Credentials {
  const key = privateKeyOf(privateKey);
  const asApp = (): { authorization: string } => {
    const jwt = appJwt(appId, key, now());
    secrets.know(jwt);
    return { authorization: `Bearer ${jwt}` };
  };
  const asking = <T>(promise: Promise<T>): Promise<T> =>
    harmless(promise.catch((error: unknown) => Promise.reject(stopOfRequest(error, now()))));

  const installations = new Map<string, number>();
  const installationOf = async ({ owner, repo }: Repository, signal: AbortSignal): Promise<number> => {
    const name = `${owner}/${repo}`.toLowerCase();
    const known = installationId ?? installations.get(name);
    if (known !== undefined) return known;
    const { data } = await asking(
      request('GET /repos/{owner}/{repo}/installation', {
        owner,
        repo,
        headers: asApp(),
        request: { signal },
      }),
    );
    if (installations.size >= MAX_REPOSITORIES) installations.clear();
    installations.set(name, data.id);
    return data.id;
  };

  const tokens = new Map<number, TokenCache>();
  const tokensOf = (id: number): TokenCache => {
    const known = tokens.get(id);
    if (known) return known;
    const cache = tokenCache(async () => {
      const { data } = await asking(
        request('POST /app/installations/{installation_id}/access_tokens', {
          installation_id: id,
          headers: asApp(),
        }),
      );
      secrets.know(data.token);
      return { value: data.token, expiresAtMs: Date.parse(data.expires_at) };
    }, now);
    tokens.set(id, cache);
    return cache;
  };

  return {
    async authorization(repository, signal) {
      try {
        const token = await tokensOf(await installationOf(repository, signal)).get(signal);
        return `Bearer ${token}`;
      } catch (error) {
        // The App may have been taken out of the repository and put back, as another installation.
        installations.clear();
        throw error;
      }
    },
    refused(authorization) {
      const token = authorization.replace('Bearer ', '');
      for (const cache of tokens.values()) cache.drop(token);
      installations.clear();
      return true;
    },
    async check(signal) {
      await request('GET /app', { headers: asApp(), request: { signal } });
    },
  };
}
