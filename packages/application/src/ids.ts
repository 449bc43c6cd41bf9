import { randomUUID } from 'node:crypto';

export { derivedId } from '@countersign/domain';

/** A UUID (RFC 9562 §5.7, version 7): ordered by time, so that new streams stand side by side in an index. */
export function newId(nowMs: number = Date.now()): string {
  const time = nowMs.toString(16).padStart(12, '0');
  // The random bits of a version 4 UUID, which Node draws from a pool.
  const random = randomUUID();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text can be a request id at all; anything else names no stream. */
export function isRequestId(text: string): boolean {
  return UUID.test(text);
}
