import { hash } from 'node:crypto';

/**
 * The idempotency key in letters that a header, a web page's comment and a file name all bear: as it is where it has
 * no others, else its hash. Never a full stop, which Standard Webhooks signs between the parts.
 */
export function plainKey(idempotencyKey: string): string {
  const plain = idempotencyKey.length <= 128 && /^[A-Za-z0-9]+(?:[_:-][A-Za-z0-9]+)*$/.test(idempotencyKey);
  return plain ? idempotencyKey : `sha256_${hash('sha256', idempotencyKey, 'hex')}`;
}
