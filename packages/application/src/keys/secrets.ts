import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * The server's own secrets, newest first: the newest makes, all of them check, so that one can be replaced while
 * the other is still good.
 */
export interface Secrets {
  /** HMAC-SHA256 of a text under the newest secret, base64url. `purpose` keeps one use from passing for another. */
  sign(purpose: string, text: string): string;
  /** Constant-time, under any of the secrets. */
  verify(purpose: string, text: string, signature: string): boolean;
}

const MIN_SECRET_CHARS = 32;

/**
 * @param list comma-separated secrets, newest first
 * @throws Error when one is too short to be a secret
 */
export function createSecrets(list: string): Secrets {
  const keys = list.split(',').map((key) => key.trim());
  const short = keys.findIndex((key) => key.length < MIN_SECRET_CHARS);
  if (short !== -1)
    throw new Error(`SECRETS_KEY: entry ${short + 1} has fewer than ${MIN_SECRET_CHARS} characters`);
  const mac = (key: string, purpose: string, text: string) =>
    createHmac('sha256', key).update(`${purpose}\n${text}`).digest();
  return {
    sign: (purpose, text) => mac(keys[0] as string, purpose, text).toString('base64url'),
    verify(purpose, text, signature) {
      const given = Buffer.from(signature, 'base64url');
      // Every key is tried, whatever the first said: the time taken tells nothing.
      return keys.map((key) => sameBytes(mac(key, purpose, text), given)).includes(true);
    },
  };
}

function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A new secret for `SECRETS_KEY`. */
export function generateSecret(): string {
  return randomBytes(32).toString('base64url');
}
