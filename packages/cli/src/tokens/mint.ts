import { SignJWT } from 'jose';

/** What a token says of its bearer. */
export interface Claims {
  readonly sub: string;
  readonly roles: readonly string[];
  readonly kind: 'human' | 'machine';
  readonly tenant?: string | undefined;
  readonly groups?: readonly string[] | undefined;
}

export interface Minting {
  readonly secret: string;
  readonly expiresInSec: number;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/** An HS256 token. Of several secrets (newest first) the newest signs. */
export async function mintToken(
  claims: Claims,
  { secret, expiresInSec, issuer, audience }: Minting,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const { sub, roles, kind, tenant, groups } = claims;
  const token = new SignJWT({ roles, kind, ...(tenant && { tenant }), ...(groups?.length && { groups }) })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(sub)
    .setIssuedAt(now)
    .setExpirationTime(now + expiresInSec);
  if (issuer) token.setIssuer(issuer);
  if (audience) token.setAudience(audience);
  return token.sign(new TextEncoder().encode(newest(secret)));
}

function newest(secrets: string): string {
  return (secrets.split(',')[0] as string).trim();
}
