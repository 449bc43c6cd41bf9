import { type ActionRule, type JsonObject, needsSealing, sealParams } from '@countersign/domain';
import { encryptText, keyedHash, type RequestKeys } from '../keys/request-keys.ts';

/** Parameters as they enter the ledger, and the request's key where they needed one. The key is durable first. */
export async function sealFor(
  keys: RequestKeys,
  requestId: string,
  params: JsonObject,
  rule: ActionRule,
): Promise<{ params: JsonObject; key: Buffer | null }> {
  if (!needsSealing(params, rule)) return { params, key: null };
  const key = await keys.getOrCreate(requestId);
  const sealed = sealParams(params, rule, {
    hmac: (text) => keyedHash(key, text),
    encrypt: (text) => encryptText(key, text),
  });
  return { params: sealed, key };
}
