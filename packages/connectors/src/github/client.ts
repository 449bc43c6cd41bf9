import { Octokit } from '@octokit/core';
import { harmless } from '../http/judge.ts';
import { sender } from '../http/send.ts';
import type { Surroundings } from '../settings.ts';
import type { Secrets } from '../step/secrets.ts';
import { failedForNow } from '../step/stop.ts';
import { appCredentials, type Credentials, type Repository, tokenCredentials } from './credentials.ts';
import { isUnauthorized, stopOfRequest } from './errors.ts';
import { fetchOver } from './fetch.ts';
import { apiUrlOf, type GitHubSettings } from './settings.ts';

export type Requester = Octokit['request'];

/** Requests to one repository, for one call. */
export interface RepositoryRequests {
  readonly request: Requester;
  /** Awaits requests that change nothing anybody sees. Throws a `Stop` that is `failed`. */
  asking<T>(requested: Promise<T>): Promise<T>;
  /** Awaits the request that is the effect. Throws a `Stop`. */
  doing<T>(requested: Promise<T>): Promise<T>;
}

export interface GitHubClient {
  readonly now: () => number;
  /** Throws a `Stop` that is `failed` when no credentials for the repository are to be had. */
  at(repository: Repository, signal: AbortSignal): Promise<RepositoryRequests>;
  /** Returns when GitHub knows the credentials. */
  check(signal: AbortSignal): Promise<void>;
}

/** A page of 100 issues, each as long as GitHub lets it be. */
const MAX_ANSWER_BYTES = 33_554_432;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Octokit's core, which neither retries nor throttles: what failed is tried again by the one who keeps the record.
 * @throws SettingsError
 */
export function gitHubClient(
  settings: GitHubSettings & Required<Pick<GitHubSettings, 'auth'>>,
  secrets: Secrets,
  { now, lookup }: Surroundings,
): GitHubClient {
  const { auth, timeoutMs = 30_000 } = settings;
  const send = sender({ timeoutMs, maxAnswerBytes: MAX_ANSWER_BYTES, ...(lookup ? { lookup } : {}) });
  const { request } = new Octokit({
    baseUrl: apiUrlOf(settings),
    userAgent: 'countersign',
    log: silent,
    request: { fetch: fetchOver(send), log: silent },
  });
  const versioned = request.defaults({ headers: { 'x-github-api-version': '2022-11-28' } }) as Requester;
  const credentials: Credentials =
    'token' in auth ? tokenCredentials(auth.token, versioned) : appCredentials(auth, versioned, secrets, now);

  return {
    now,
    async at(repository, signal) {
      const authorization = await harmless(credentials.authorization(repository, signal));
      const doing = async <T>(requested: Promise<T>): Promise<T> => {
        try {
          return await requested;
        } catch (error) {
          const stop = stopOfRequest(error, now());
          if (isUnauthorized(error) && credentials.refused(authorization)) {
            throw failedForNow((stop as Error).message);
          }
          throw stop;
        }
      };
      return {
        request: versioned.defaults({ headers: { authorization }, request: { signal } }) as Requester,
        doing,
        asking: (requested) => harmless(doing(requested)),
      };
    },
    async check(signal) {
      await credentials.check(signal).catch((error: unknown) => Promise.reject(stopOfRequest(error, now())));
    },
  };
}
