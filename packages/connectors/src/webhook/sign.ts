import { createHmac } from 'node:crypto';

export type SigningKey = Buffer;

/** The key in a Standard Webhooks secret (`whsec_` and Base64 of 24 to 64 bytes); undefined when it is none. */
export function signingKey(secret: string): SigningKey | undefined {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  const key = Buffer.from(base64 ?? '', 'base64');
  return key.length >= 24 && key.length <= 64 ? key : undefined;
}

/**
 * The headers of Standard Webhooks 1.0 with a `v1` signature for each key.
 * @param id the same for every try; without a full stop
 */
export function signatureHeaders(
  id: string,
  nowMs: number,
  body: string,
  keys: readonly SigningKey[],
): Record<string, string> {
  const timestamp = Math.floor(nowMs / 1000);
  const signed = `${id}.${timestamp}.${body}`;
  const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
