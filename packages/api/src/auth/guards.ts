import { hash, timingSafeEqual } from 'node:crypto';
import type { Principal, Role } from '@countersign/domain';
import type { RequestHandler } from 'express';
import { Problem } from '../problems/problem.ts';
import { principalOf } from './identity.ts';

/** Only people and machines; a wait token goes no further. */
export function principalsOnly(): RequestHandler {
  return (_req, res, next) => {
    principalOf(res);
    next();
  };
}

/**
 * A header that a page of another origin cannot send without being asked first.
 * @throws Problem 403 `csrf_header_missing`
 */
export function csrfHeader(): RequestHandler {
  return (req, _res, next) => {
    if (req.headers['x-puddlejumper-request'] !== 'true') {
      throw new Problem('csrf_header_missing', 'send the header X-PuddleJumper-Request: true');
    }
    next();
  };
}

/** `x-admin-token` alone opens administration; without a configured token it is closed to everybody. */
export function adminOnly(tokens: readonly string[]): RequestHandler {
  const allowed = tokens.map(digest);
  return (req, _res, next) => {
    if (allowed.length === 0) {
      throw new Problem('admin_closed', 'no ADMIN_TOKEN is configured, so administration is closed');
    }
    const given = req.headers['x-admin-token'];
    if (typeof given !== 'string') {
      throw new Problem('unauthenticated', 'send the token as x-admin-token');
    }
    // Digests are of one length, and every token is compared: the time taken tells nothing.
    const sent = digest(given);
    if (!allowed.map((token) => timingSafeEqual(token, sent)).includes(true)) {
      throw new Problem('forbidden', 'the x-admin-token is not one that is accepted here');
    }
    next();
  };
}

/** @throws Problem 403 naming the roles that would do */
export function mustHaveRole({ sub, roles }: Principal, ...allowed: readonly Role[]): void {
  if (roles.some((role) => allowed.includes(role))) return;
  throw new Problem('role_missing', `${sub} has none of the roles this needs: ${allowed.join(', ')}`, {
    facts: { allowed: [...allowed] },
  });
}

function digest(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
