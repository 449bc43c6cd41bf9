import { SignJWT } from 'jose';

export interface Claims {
  readonly sub: string;
  readonly roles: readonly string[];
  readonly kind?: 'human' | 'machine';
}

/** Bearer tokens under a shared secret; each is made once and then reused, as real callers do. */
export function createMint(secret: string): (claims: Claims) => Promise<string> {
  const key = new TextEncoder().encode(secret);
  const made = new Map<string, Promise<string>>();
  return ({ sub, roles, kind = 'human' }) => {
    const name = JSON.stringify([sub, roles, kind]);
    const token =
      made.get(name) ??
      new SignJWT({ roles: [...roles], kind })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(sub)
        .setIssuedAt()
        .setExpirationTime('24h')
        .sign(key);
    made.set(name, token);
    return token;
  };
}
