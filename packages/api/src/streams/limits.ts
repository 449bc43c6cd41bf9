export interface StreamLimits {
  /** Open event streams of this process; one more is refused with 503. */
  readonly maxStreams: number;
  /** Long polls that wait in this process; one more is refused with 503. */
  readonly maxWaiters: number;
  /** Bytes that may wait in this process for one slow client; beyond it is disconnected. */
  readonly maxBufferedBytes: number;
  /** Between two `heartbeat` events. A client that takes no byte for so long while some are waiting is cut too. */
  readonly heartbeatMs: number;
  /** What clients are told to wait before they connect again. */
  readonly retryMs: number;
  /** The live feed ends then, and whoever resumes it proves anew who they are. */
  readonly maxFeedAgeMs: number;
}

export const DEFAULT_STREAM_LIMITS: StreamLimits = {
  maxStreams: 10_000,
  maxWaiters: 20_000,
  maxBufferedBytes: 1024 * 1024,
  heartbeatMs: 15_000,
  retryMs: 3_000,
  maxFeedAgeMs: 3_600_000,
};
