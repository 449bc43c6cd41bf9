import { decryptText, type RequestKeys } from '@countersign/application';
import { type Approval, type JsonObject, openParams } from '@countersign/domain';

/**
 * The parameters as people who may see the request read them: personal values in clear while their key exists,
 * redacted ones only as what stands for them. No ciphertext ever leaves.
 */
export function openedParams(keys: RequestKeys, { request, params }: Approval): Promise<JsonObject> {
  return openParamsOf(keys, request.requestId, params as JsonObject);
}

/** The same for parameters that a view holds. */
export async function openParamsOf(
  keys: RequestKeys,
  requestId: string,
  params: JsonObject,
): Promise<JsonObject> {
  if (!holdsCiphertext(params)) return params;
  const key = await keys.get(requestId);
  return withoutCiphertexts(openParams(params, (text) => (key ? decryptText(key, text) : null)));
}

function holdsCiphertext(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  return Object.hasOwn(value, '$sealed') || Object.values(value).some(holdsCiphertext);
}

/** A copy in which what is sealed is shown by its HMAC alone; the value itself where nothing is. */
export function withoutCiphertexts<T>(value: T): T {
  if (!holdsCiphertext(value)) return value;
  return JSON.parse(JSON.stringify(value, (key, member) => (key === '$sealed' ? undefined : member))) as T;
}
