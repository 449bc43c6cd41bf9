import type { Known } from '@countersign/application';
import { type Status, statusAt } from '@countersign/domain';

/** What a waiter waits for: the decision, or also what becomes of an approved request. */
export const UNTIL = ['decided', 'dispatched'] as const;
export type Until = (typeof UNTIL)[number];

const OPEN: Readonly<Record<Until, ReadonlySet<Status>>> = {
  decided: new Set<Status>(['awaiting_personas', 'pending']),
  dispatched: new Set<Status>(['awaiting_personas', 'pending', 'approved', 'dispatching']),
};

/**
 * Whether there is nothing more to wait for. Past its deadline a request is expired, recorded or not; where there is
 * nothing to be dispatched, the decision is all there is.
 */
export function isDone({ approval }: Known, until: Until, now: string): boolean {
  const waitsFor = approval.dispatch ? until : 'decided';
  return !OPEN[waitsFor].has(statusAt(approval, now));
}
