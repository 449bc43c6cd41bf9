import { hash } from 'node:crypto';
import { canonicalJson } from './json.ts';

/** `sha256:` and 64 lower-case hex digits. */
export type Hash = `sha256:${string}`;

/** SHA-256 of a text's UTF-8 bytes. */
export function sha256(text: string): Hash {
  return `sha256:${hash('sha256', text, 'hex')}`;
}

/** SHA-256 over the RFC 8785 bytes of a JSON value. */
export function hashOf(value: unknown): Hash {
  return sha256(canonicalJson(value));
}
