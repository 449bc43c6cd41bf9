import type { ClaimDelivery, SlackDelivery, SlackEvent } from '@countersign/domain';

export type Claimed =
  | {
      readonly outcome: 'taken';
      readonly delivery: SlackDelivery;
      /**
       * Who had claimed these items before, perhaps this very holder; null when they are new. Each that is not recorded
       * may have been sent.
       */
      readonly takenFrom: string | null;
    }
  | { readonly outcome: 'held'; readonly until: string }
  | { readonly outcome: 'done' };

/** What Slack was told, as the ledger keeps it. All throw LedgerUnavailable while the store does not answer. */
export interface SlackDeliveries {
  load(requestId: string): Promise<SlackDelivery>;
  claim(claim: Omit<ClaimDelivery, 'now'>): Promise<Claimed>;
  /**
   * Records what became of an item, or the end of a delivery. Writes nothing where it is recorded already.
   * @param by the claim's holder. Refused (`lost`) when another instance holds the claim now.
   */
  record(
    requestId: string,
    by: string,
    event: Exclude<SlackEvent, { type: 'SlackDeliveryClaimed' }>,
  ): Promise<'recorded' | 'lost'>;
}

/** Lets each signed call pass once, across instances and restarts: the ledger remembers. */
export interface ReplayGuard {
  /**
   * @param signature in the one spelling that its check accepts: another spelling is another signature
   * @returns false when it was taken before
   * @throws LedgerUnavailable
   */
  accept(from: 'slack', signature: string): Promise<boolean>;
}
