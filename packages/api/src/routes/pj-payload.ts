import type { Refusal } from '@countersign/domain';
import type { ApiDeps } from '../deps.ts';
import { type Problem, problemOf } from '../problems/problem.ts';

/** A refusal in the words of this route: what the ledger calls parameters is its payload. */
export function refused({ errors, ...refusal }: Refusal, { clock }: Pick<ApiDeps, 'clock'>): Problem {
  return problemOf({ ...refusal, ...(errors && { errors: inPayload(errors) }) }, undefined, clock());
}

export function inPayload<T extends { readonly pointer: string }>(faults: readonly T[]): T[] {
  return faults.map((fault) => ({
    ...fault,
    pointer: fault.pointer.replace(/^\/params(?=\/|$)/, '/payload'),
  }));
}
