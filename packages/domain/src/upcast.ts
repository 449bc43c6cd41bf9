import type { LedgerEventType } from './catalogue.ts';

/**
 * How bodies of older schema versions become the next one's. A chain per type: entry 0 turns version 1 into
 * version 2, and so on; the newest version is one more than the chain's length. Pure, total for every body ever
 * written, and never edited once released.
 */
type Step = (older: never) => unknown;

const chains: Partial<Record<LedgerEventType, readonly Step[]>> = {
  // Version 2 may name a Slack channel, a plan, and a closing call: from before, nothing is told, dispatched or called but
  // the caller's URL.
  ApprovalRequested: [(version1) => version1],
  // Version 2 names the plan that was approved; there was none before.
  RequestApproved: [(version1) => version1],
};

export function newestVersion(type: LedgerEventType): number {
  return (chains[type]?.length ?? 0) + 1;
}

/** A body of `version` in the newest shape of its type. */
export function upcast(type: LedgerEventType, version: number, body: unknown): unknown {
  return applyChain(chains[type] ?? [], version, body);
}

export function applyChain(chain: readonly Step[], version: number, body: unknown): unknown {
  return chain.slice(version - 1).reduce<unknown>((older, step) => step(older as never), body);
}
