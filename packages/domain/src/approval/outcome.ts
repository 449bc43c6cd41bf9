import { type Refusal, refusal } from '../refusal.ts';
import type { ApprovalEvent } from './events.ts';

/**
 * What a command leads to. Events are to be appended, refusal or not: a command that comes too late records the
 * expiry it has found. Neither events nor refusal: all that was asked is already so.
 */
export interface Outcome {
  readonly events: readonly ApprovalEvent[];
  readonly refusal?: Refusal;
}

export const UNCHANGED: Outcome = { events: [] };

export function accepted(...events: ApprovalEvent[]): Outcome {
  return { events };
}

export function refused(...args: Parameters<typeof refusal>): Outcome {
  return { events: [], refusal: refusal(...args) };
}

export function stopped(reason: Refusal): Outcome {
  return { events: [], refusal: reason };
}
