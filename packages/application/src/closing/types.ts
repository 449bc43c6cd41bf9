import type { ClosingCallState, ClosingOutcome, ClosingState, StartClosing } from '@countersign/domain';

export type ClosingClaimed =
  | {
      readonly outcome: 'taken';
      /** As it now stands: the try under way. */
      readonly current: ClosingCallState;
      /** As it stood before; null when nobody had tried. */
      readonly before: ClosingCallState | null;
    }
  /** Nothing may be done about it before that time. RFC 3339. */
  | { readonly outcome: 'not_yet'; readonly at: string }
  | { readonly outcome: 'done' };

/** Who was told that a request is decided, as the ledger keeps it. All throw LedgerUnavailable while the store does not answer. */
export interface Closings {
  load(requestId: string): Promise<ClosingState>;
  claim(claim: Omit<StartClosing, 'now'>): Promise<ClosingClaimed>;
  /**
   * Records what became of a try. Writes nothing where that is recorded already.
   * @param instance that made it. Refused (`lost`) when another one has begun the next.
   */
  record(requestId: string, instance: string, outcome: ClosingOutcome): Promise<'recorded' | 'lost'>;
}
