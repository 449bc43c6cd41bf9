import type { Principal } from '@countersign/domain';

/** Tokens verified before, by their hash: a signature costs far more than a look-up, and callers repeat themselves. */
export interface TokenCache {
  get(hash: string, nowMs: number): Principal | null;
  set(hash: string, principal: Principal, expiresMs: number): void;
}

/** @param capacity the longest unused go first */
export function createTokenCache(capacity: number): TokenCache {
  // A Map iterates in insertion order; setting anew on every use keeps the least recent first.
  const entries = new Map<string, { principal: Principal; expiresMs: number }>();
  return {
    get(hash, nowMs) {
      const found = entries.get(hash);
      if (!found) return null;
      entries.delete(hash);
      if (nowMs >= found.expiresMs) return null;
      entries.set(hash, found);
      return found.principal;
    },
    set(hash, principal, expiresMs) {
      entries.set(hash, { principal, expiresMs });
      const oldest = entries.keys().next().value;
      if (entries.size > capacity && oldest !== undefined) entries.delete(oldest);
    },
  };
}
