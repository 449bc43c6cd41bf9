import { type Hash, hashOf, sha256 } from '../canonical/hash.ts';

/**
 * The policy's identity: SHA-256 over the RFC 8785 form of
 * `{ "policy": <sha256 of the file's bytes>, "schemas": { <path>: <sha256 of that file's bytes> } }`.
 * Texts must be the files' bytes decoded as UTF-8 with nothing taken away (a byte order mark included).
 */
export function policyHash(text: string, schemas: Readonly<Record<string, string>>): Hash {
  const hashes = Object.fromEntries(Object.entries(schemas).map(([path, schema]) => [path, sha256(schema)]));
  return hashOf({ policy: sha256(text), schemas: hashes });
}
