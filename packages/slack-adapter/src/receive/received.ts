/** Whether a call may be carried out: the same one must not have been taken before. */
export type Verdict =
  | 'fresh'
  | 'replayed'
  /** Too many are being asked about; whether it is a replay is not known. */
  | 'busy';

/** A call as it is handed on to what carries it out. */
export interface Received {
  /**
   * Rejects with LedgerUnavailable. Nothing is carried out before it says `fresh`; it may come after Slack was
   * answered.
   */
  readonly verdict: Promise<Verdict>;
  /** When it came; as `performance.now()` counts. */
  readonly at: number;
}
