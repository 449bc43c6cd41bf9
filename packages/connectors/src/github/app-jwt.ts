import { type KeyObject, sign } from 'node:crypto';

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The token a GitHub App proves itself with, good for nine minutes of the ten that GitHub allows. */
export function appJwt(appId: string, privateKey: KeyObject, nowMs: number): string {
  const now = Math.floor(nowMs / 1000);
  // Issued a minute ago: GitHub refuses what its own clock takes for the future.
  const claims = { iat: now - 60, exp: now + 480, iss: appId };
  const signed = `${base64url({ alg: 'RS256', typ: 'JWT' })}.${base64url(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}
