import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a call of Slack brings to show that it is one. */
export interface Signed {
  /** `X-Slack-Signature`, as it came. */
  readonly signature: string | undefined;
  /** `X-Slack-Request-Timestamp`, as it came: seconds since 1970. */
  readonly timestamp: string | undefined;
  /** The body's bytes, before anything was read into them. */
  readonly body: Buffer;
}

export type SignatureFault = 'bad_signature' | 'stale_signature';

/** Slack's own tolerance; both ways, since a time ahead would make a call good for longer. */
const TOLERANCE_SEC = 300;
// In this one form only: another spelling of the same signature could pass for a call that was not taken yet.
const SIGNATURE = /^v0=[0-9a-f]{64}$/;
const TIMESTAMP = /^[1-9][0-9]{0,11}$/;

/** Whether the headers are of the form that Slack's have; what is not need not be read any further. */
export function isFormed({ signature, timestamp }: Omit<Signed, 'body'>): boolean {
  return SIGNATURE.test(signature ?? '') && TIMESTAMP.test(timestamp ?? '');
}

/**
 * Judges a call by its signature: HMAC-SHA-256 over `v0:<timestamp>:<body>`, under any of the secrets.
 * Only what is signed rightly can be stale: anything else was not made by Slack.
 * @param nowMs milliseconds since 1970
 * @returns null for a call that Slack made just now
 */
export function signatureFault(
  signed: Signed,
  secrets: readonly string[],
  nowMs: number,
): SignatureFault | null {
  const { signature = '', timestamp = '', body } = signed;
  if (!isFormed(signed)) return 'bad_signature';
  // Every secret is tried, so that the time taken does not tell which one fitted.
  const fits = secrets.filter((secret) => isSignedWith(secret, signature, timestamp, body));
  if (fits.length === 0) return 'bad_signature';
  const skewSec = Math.abs(Math.floor(nowMs / 1000) - Number(timestamp));
  return skewSec > TOLERANCE_SEC ? 'stale_signature' : null;
}

function isSignedWith(secret: string, signature: string, timestamp: string, body: Buffer): boolean {
  const digest = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex');
  return timingSafeEqual(Buffer.from(`v0=${digest}`), Buffer.from(signature));
}
