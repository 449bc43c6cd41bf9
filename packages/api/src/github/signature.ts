import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether GitHub has signed a body: HMAC-SHA-256 under any of the secrets, so that one can take another's place without
 * a gap. Every secret is tried, so that the time taken does not tell which one fitted.
 * @param signature `X-Hub-Signature-256`, as it came
 */
export function isSigned(body: string, signature: string | undefined, secrets: readonly string[]): boolean {
  if (!/^sha256=[0-9a-f]{64}$/.test(signature ?? '')) return false;
  const given = Buffer.from(signature ?? '');
  const fits = secrets.map((secret) => {
    const digest = createHmac('sha256', secret).update(body).digest('hex');
    return timingSafeEqual(Buffer.from(`sha256=${digest}`), given);
  });
  return fits.includes(true);
}
