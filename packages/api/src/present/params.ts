import { decryptText, type RequestKeys } from '@countersign/application';
import { type Approval, type JsonObject, openParams } from '@countersign/domain';

/**
 * The parameters as people who may see the request read them: personal values in clear while their key exists,
 * redacted ones only as what stands for them. No ciphertext ever leaves.
 */
export async function openedParams(keys: RequestKeys, approval: Approval): Promise<JsonObject> {
  const sealed = approval.params as JsonObject;
  if (!holdsCiphertext(sealed)) return sealed;
  const key = await keys.get(approval.request.requestId);
  return withoutCiphertexts(openParams(sealed, (text) => (key ? decryptText(key, text) : null)));
}

function holdsCiphertext(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  return Object.hasOwn(value, '$sealed') || Object.values(value).some(holdsCiphertext);
}

/** What stays sealed, because its key is gone, is shown by its HMAC alone. */
function withoutCiphertexts(params: JsonObject): JsonObject {
  if (!holdsCiphertext(params)) return params;
  return JSON.parse(JSON.stringify(params, (key, value) => (key === '$sealed' ? undefined : value)));
}
