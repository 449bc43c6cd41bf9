import { isRequestId } from '../ids.ts';
import type { Secrets } from './secrets.ts';

/** Lets its bearer read one request, and nothing else: `<request id>.<HMAC>`. */
export function waitTokenFor(secrets: Secrets, requestId: string): string {
  return `${requestId}.${secrets.sign('wait', requestId)}`;
}

/** The request a wait token is good for; null for anything that is not one. */
export function readWaitToken(secrets: Secrets, token: string): string | null {
  const dot = token.indexOf('.');
  const requestId = token.slice(0, Math.max(dot, 0));
  if (!isRequestId(requestId)) return null;
  return secrets.verify('wait', requestId, token.slice(dot + 1)) ? requestId : null;
}
