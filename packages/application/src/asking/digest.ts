import { canonicalJson, sha256 } from '@countersign/domain';
import type { Known } from '../answer.ts';
import { keyedHash, type RequestKeys } from '../keys/request-keys.ts';
import type { Ask } from './types.ts';

/**
 * What tells one body from another under the same idempotency key. Where the body held values to be sealed the
 * digest is keyed too: from a bare one they could be guessed.
 */
export function digestBody(ask: Ask, key: Buffer | null): string {
  const { action, params, justification, onBehalfOf, previousRequestId, callbackUrl, state, notBefore } = ask;
  const body = canonicalJson({
    action,
    params,
    justification,
    onBehalfOf,
    previousRequestId,
    callbackUrl,
    state,
    notBefore,
  });
  return key ? `hmac-sha256:${keyedHash(key, body)}` : sha256(body);
}

/** The digest of a body as the first request's was made; null when its key is gone, and nothing can match it. */
export async function digestRepeat(keys: RequestKeys, first: Known, ask: Ask): Promise<string | null> {
  const { requestId, bodyDigest } = first.approval.request;
  if (!bodyDigest?.startsWith('hmac-')) return digestBody(ask, null);
  const key = await keys.get(requestId);
  return key && digestBody(ask, key);
}
