import { hash } from 'node:crypto';
import { type Clock, readWaitToken, type Secrets } from '@countersign/application';
import type { RequestHandler } from 'express';
import { apiKeyFinder } from './api-keys.ts';
import { type Identity, setIdentity } from './identity.ts';
import { createTokenVerifier, unauthorized } from './jwt.ts';
import type { AuthOptions } from './options.ts';
import { createTokenCache } from './token-cache.ts';

/** A token whose key is withdrawn is not believed longer than this. */
const MAX_CACHED_MS = 5 * 60_000;
const CACHED_TOKENS = 10_000;

export interface AuthDeps {
  readonly auth: AuthOptions;
  readonly secrets: Secrets;
  readonly clock: Clock;
}

/**
 * Who is calling: `Authorization: Bearer` with a JWT, an API key, or a wait token.
 * @throws Problem 401 naming what is wrong with the credentials
 */
export function authenticate(deps: AuthDeps): RequestHandler {
  const identify = createIdentifier(deps);
  return (req, res, next) => {
    const known = identify(req.headers.authorization);
    if (!(known instanceof Promise)) {
      setIdentity(res, known);
      next();
      return;
    }
    return known.then((identity) => {
      setIdentity(res, identity);
      next();
    });
  };
}

/** Answers at once for what was verified before: the hot path has no promise to wait for. */
function createIdentifier({
  auth,
  secrets,
  clock,
}: AuthDeps): (header?: string) => Identity | Promise<Identity> {
  const cache = createTokenCache(CACHED_TOKENS);
  const findApiKey = apiKeyFinder(auth.apiKeys);
  const verify = createTokenVerifier(auth, clock);

  async function verified(token: string, digest: string): Promise<Identity> {
    const { principal, expiresMs } = await verify(token);
    cache.set(digest, principal, Math.min(expiresMs, clock() + MAX_CACHED_MS));
    return { kind: 'principal', principal };
  }

  return (header) => {
    const token = bearerOf(header);
    if (token === null) throw unauthorized('unauthenticated', 'send a token as Authorization: Bearer');
    const digest = hash('sha256', token, 'hex');
    const principal = cache.get(digest, clock()) ?? findApiKey(digest);
    if (principal) return { kind: 'principal', principal };
    if (token.split('.').length === 3) return verified(token, digest);
    const requestId = readWaitToken(secrets, token);
    if (requestId === null) throw unauthorized('token_invalid', 'no API key or wait token reads like this');
    return { kind: 'waiter', requestId };
  };
}

function bearerOf(header: string | undefined): string | null {
  return /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? null;
}
