/** The ledger could not take a command now. Nothing the caller did is wrong; the same command may be sent again. */
export class LedgerUnavailable extends Error {
  /** True when the command may have been carried out all the same: send it again with the same idempotency key. */
  readonly outcomeUnknown: boolean;

  constructor(message: string, outcomeUnknown: boolean, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'LedgerUnavailable';
    this.outcomeUnknown = outcomeUnknown;
  }
}
