import { StoreError, type StoreErrorKind } from '../port.ts';

/** What the adapter tells its owner: counters and log lines. A callback that throws is reported and otherwise ignored. */
export interface EventStoreDbSignals {
  /** An append ended: after how many milliseconds, and how. */
  readonly onAppend?: (ms: number, outcome: 'ok' | StoreErrorKind) => void;
  /** A call failed in a way that its caller may retry; `reason` is the client's error type or the gRPC status. */
  readonly onFailure?: (operation: 'append' | 'read', kind: StoreErrorKind, reason: string) => void;
  /** An append met another revision than it expected. */
  readonly onConflict?: () => void;
  /** A subscription was lost and is opened again; `attempt` counts from 1 since the last progress. */
  readonly onResubscribe?: (reason: DropReason, attempt: number, detail: string) => void;
  /** A subscription said nothing although the log went on. */
  readonly onWatchdog?: () => void;
  /** Something an operator should read once, such as a server version with a known flaw. */
  readonly onWarning?: (message: string) => void;
}

/** Why a subscription was lost: the call failed, the server ended it without an error, or it had gone silent. */
export type DropReason = 'error' | 'ended' | 'watchdog';

export interface EventStoreDbOptions {
  /** After so many milliseconds an append without an answer has an unknown outcome. Default 5000. */
  readonly appendTimeoutMs?: number;
  /** After so many milliseconds a read without its end fails as unavailable. Default 10000. */
  readonly readTimeoutMs?: number;
  /**
   * A subscription that was silent for so long is checked against the log; it is opened again when the log has
   * held something for it for as long again. Also how far the position may lag behind events that do not match.
   * Default 1500.
   */
  readonly watchdogMs?: number;
  /** Until a subscription has caught up, it is checked after this shorter silence. Default 200. */
  readonly settleMs?: number;
  /** Pause before a subscription is opened again: doubled up to the maximum, with jitter. Defaults 100 and 5000. */
  readonly backoffMs?: number;
  readonly maxBackoffMs?: number;
  /** How many events of a subscription may wait inside the process. Default 256. */
  readonly bufferSize?: number;
  /**
   * Which of the server's two append calls to use; see connection.ts. Default: `plain` wherever the connection
   * string allows it.
   */
  readonly appendPath?: 'plain' | 'batch';
  readonly signals?: EventStoreDbSignals;
}

export type Settings = Required<Omit<EventStoreDbOptions, 'appendPath'>>;

/** @throws StoreError `refused` for a number that is not above zero */
export function withDefaults(options: EventStoreDbOptions): Settings {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === 'number' && !(value > 0 && Number.isFinite(value))) {
      throw new StoreError('refused', `${name} ${value}: a number above 0 is needed`);
    }
  }
  return {
    appendTimeoutMs: options.appendTimeoutMs ?? 5000,
    readTimeoutMs: options.readTimeoutMs ?? 10_000,
    watchdogMs: options.watchdogMs ?? 1500,
    settleMs: options.settleMs ?? 200,
    backoffMs: options.backoffMs ?? 100,
    maxBackoffMs: options.maxBackoffMs ?? 5000,
    bufferSize: options.bufferSize ?? 256,
    signals: guarded(options.signals ?? {}),
  };
}

/** A fault in a counter must not turn a stored event into a failed append. */
function guarded(signals: EventStoreDbSignals): EventStoreDbSignals {
  const guard =
    <A extends unknown[]>(callback: ((...args: A) => void) | undefined) =>
    (...args: A): void => {
      try {
        callback?.(...args);
      } catch (error) {
        process.emitWarning(`a signal of the event store failed: ${String(error)}`);
      }
    };
  return {
    onAppend: guard(signals.onAppend),
    onFailure: guard(signals.onFailure),
    onConflict: guard(signals.onConflict),
    onResubscribe: guard(signals.onResubscribe),
    onWatchdog: guard(signals.onWatchdog),
    onWarning: guard(signals.onWarning),
  };
}
