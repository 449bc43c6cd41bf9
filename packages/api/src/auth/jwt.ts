import type { Clock } from '@countersign/application';
import type { Principal } from '@countersign/domain';
import { createRemoteJWKSet, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { Problem } from '../problems/problem.ts';
import { readClaims } from './claims.ts';
import type { AuthOptions } from './options.ts';

/** Signatures that an identity provider's published keys may make; HS256 is only ever checked with our own secret. */
const PUBLIC_KEY_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];
const JWKS_TIMEOUT_MS = 5000;

export interface VerifiedToken {
  readonly principal: Principal;
  readonly expiresMs: number;
}

/** Checks a JWT's signature, times, issuer and audience, and reads who it stands for. */
export type TokenVerifier = (token: string) => Promise<VerifiedToken>;

/** @throws Problem 401 with the reason as code; 503 when the provider's keys cannot be fetched */
export function createTokenVerifier(options: AuthOptions, clock: Clock): TokenVerifier {
  const { issuer, audience, defaultKind = 'human' } = options;
  const secrets = options.jwtSecrets.map((secret) => new TextEncoder().encode(secret));
  const jwks = options.jwksUrl
    ? createRemoteJWKSet(new URL(options.jwksUrl), { timeoutDuration: JWKS_TIMEOUT_MS })
    : null;

  const checks = () => ({
    requiredClaims: ['exp', 'sub'],
    currentDate: new Date(clock()),
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  });

  async function verifySigned(token: string): Promise<JWTPayload> {
    if (jwks && decodeProtectedHeader(token).alg !== 'HS256') {
      return (await jwtVerify(token, jwks, { ...checks(), algorithms: PUBLIC_KEY_ALGORITHMS })).payload;
    }
    let last: unknown = new errors.JWSSignatureVerificationFailed();
    for (const secret of secrets) {
      try {
        return (await jwtVerify(token, secret, { ...checks(), algorithms: ['HS256'] })).payload;
      } catch (error) {
        last = error;
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) break;
      }
    }
    throw last;
  }

  return async (token) => {
    const claims = await verifySigned(token).catch((error: unknown) => {
      throw problemOfToken(error);
    });
    const read = readClaims(claims, defaultKind);
    if ('claim' in read) throw claimProblem(read.claim, read.reason);
    return { principal: read.principal, expiresMs: (claims.exp ?? 0) * 1000 };
  };
}

function problemOfToken(error: unknown): Problem {
  if (error instanceof errors.JWTExpired) return unauthorized('token_expired', 'the token has expired');
  if (error instanceof errors.JWTClaimValidationFailed) return claimProblem(error.claim, error.reason);
  if (isFetchFailure(error)) {
    const headers = { 'Retry-After': '5' };
    return new Problem(
      'identity_provider_unavailable',
      "the identity provider's keys cannot be fetched now",
      {
        headers,
      },
    );
  }
  if (error instanceof errors.JOSEError || error instanceof TypeError) {
    return unauthorized(
      'token_invalid',
      'the token is malformed, or its signature is not one that is accepted here',
    );
  }
  throw error;
}

/** What jose throws when it cannot fetch a key set: its own timeout, its generic error, or what `fetch` threw. */
function isFetchFailure(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return true;
  if (error instanceof errors.JOSEError) return error.code === 'ERR_JOSE_GENERIC';
  return (error as Error).message === 'fetch failed';
}

function claimProblem(claim: string, reason: string): Problem {
  return unauthorized('token_claims_invalid', `the token's claim "${claim}" is not accepted: ${reason}`, {
    claim,
  });
}

/** 401 that names the scheme, as RFC 6750 §3 wants it. */
export function unauthorized(
  code: 'unauthenticated' | 'token_invalid' | 'token_expired' | 'token_claims_invalid',
  detail: string,
  facts?: { readonly claim: string },
): Problem {
  const challenge = code === 'unauthenticated' ? 'Bearer' : 'Bearer error="invalid_token"';
  return new Problem(code, detail, { facts, headers: { 'WWW-Authenticate': challenge } });
}
