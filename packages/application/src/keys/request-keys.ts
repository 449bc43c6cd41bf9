import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/**
 * One 32-byte key per request that has personal or redacted values, kept outside the log: without it the values
 * are gone, and the proofs stay. Shared by every instance of one ledger. Durable when `create` resolves.
 */
export interface RequestKeys {
  get(requestId: string): Promise<Buffer | null>;
  /** The key there is, or a new one; two callers at once get the same. */
  getOrCreate(requestId: string): Promise<Buffer>;
  destroy(requestId: string): Promise<void>;
  close(): Promise<void>;
}

/** HMAC-SHA256 under a request's key, hex. A bare hash of a small secret could be guessed. */
export function keyedHash(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** AES-256-GCM: 12-byte nonce, 16-byte tag, ciphertext; base64. */
export function encryptText(key: Buffer, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

/** @throws Error when the text was not sealed under this key, or was changed */
export function decryptText(key: Buffer, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
}
