import type { CallError } from '../web/types.ts';

/** What became of one try to tell Slack of a request. */
export type Told =
  /** Slack knows everything up to the revision, by this try or before it. */
  | { readonly kind: 'told'; readonly upTo: number }
  /** Not before that time: another instance is at it, or more may happen soon. Nothing is wrong. */
  | { readonly kind: 'later'; readonly at: number }
  /** This instance ends. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly why: Failure };

export type Failure =
  /** Refused: no token is taken. */
  | CallError
  /** The request's channel takes nothing, as Slack's code says. */
  | { readonly kind: 'channel'; readonly code: string };

/** Ends a try in the middle, wherever Slack, the ledger or the end of this instance says so. */
export class Halt extends Error {
  readonly told: Told;

  constructor(told: Told) {
    super(`the delivery ends here: ${told.kind}`);
    this.name = 'Halt';
    this.told = told;
  }
}

/** What this instance knows of the request it is telling, beyond what the ledger knows. */
export interface Memory {
  readonly requestId: string;
  /**
   * Items that may have been sent without an answer, and from when on Slack can be asked, in milliseconds since 1970;
   * and `REDRAW`, until when a drawing may still be carried out. Null while nothing is known: then whatever was claimed
   * and not recorded may have been sent.
   */
  doubts: Map<string, number> | null;
}

/** Among the doubts: the message drawn anew. No item's key. */
export const REDRAW = 'redraw';

/**
 * From the beginning of a call until nothing can come of it any more, answered or not: its own timeout, and as long
 * again for what Slack took and had not carried out yet.
 */
export function afterEffectMs(callTimeoutMs: number): number {
  return 2 * callTimeoutMs;
}

/** Until the ledger is looked into again for a request that another instance was found at; the view mostly knows sooner. */
export const LOOK_AGAIN_MS = 1000;
