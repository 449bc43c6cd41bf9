import { derivedId } from '../canonical/derived-id.ts';
import type { Hash } from '../canonical/hash.ts';
import { canonicalJson } from '../canonical/json.ts';

/** What the outside world can know a step by again: a UUID, the same for every try of it in every dispatch. */
export function stepKey(requestId: string, planHash: Hash, step: number): string {
  return derivedId(canonicalJson(['step', requestId, planHash, step]));
}
