/**
 * The event store port: what the rest of the program knows of a store.
 *
 * Bodies are canonical JSON *text* (RFC 8785), stored and returned byte for byte, so that what was hashed is
 * what is kept. Positions are opaque strings of one store; within one store they compare with `<`.
 */

/** A place in the whole log. Compare two of the same store with `<`; never calculate with one. */
export type Position = string;

/** Before the first event of the log, in every store. */
export const START: Position = '';

/** The stream must not exist yet, or its last event must have exactly this revision (0-based). */
export type ExpectedRevision = 'no_stream' | number;

export interface NewEvent {
  /** A UUID. Unique within its batch; a repeat of the same ids at the same expected revision is the same append. */
  readonly id: string;
  readonly type: string;
  /** Canonical JSON text. */
  readonly data: string;
  /** Canonical JSON text. */
  readonly metadata: string;
}

export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  /** 0-based place in the stream. */
  readonly revision: number;
  readonly position: Position;
  /** The store's own clock, milliseconds since 1970; informational, never part of a proof. */
  readonly storedAt: number;
}

export interface AppendResult {
  /** Revision of the last event of this batch. */
  readonly revision: number;
  /** Position of the last event of this batch. */
  readonly position: Position;
}

/** Which events a reader wants. A category is the part of the stream's name before the first dash. */
export interface EventFilter {
  readonly categories?: readonly string[];
  readonly types?: readonly string[];
}

export interface LogPage {
  readonly events: readonly RecordedEvent[];
  /** The last position *considered*, matching or not: where the next page starts after. */
  readonly position: Position;
  /** True when nothing stood behind `position` as this page was read. */
  readonly end: boolean;
}

/** One step of a subscription. Steps come in log order; a marker never overtakes an event. */
export interface SubscriptionBatch {
  readonly events: readonly RecordedEvent[];
  /** The last position considered: safe to store as a checkpoint once the events are handled. */
  readonly position: Position;
  /** True when the subscriber stood at the head of the log as this batch was made. */
  readonly caughtUp: boolean;
}

export interface SubscribeOptions {
  /** Exclusive; START for the whole log. */
  readonly after: Position;
  readonly filter?: EventFilter;
  /** Ends the subscription; the iteration then returns without an error. */
  readonly signal: AbortSignal;
  /** At most so many events in one batch; default 1000. */
  readonly maxBatch?: number;
}

export interface StoreHealth {
  readonly status: 'ok' | 'unavailable';
  readonly detail?: string;
}

export interface EventStore {
  /**
   * Appends a batch to one stream, atomically and durably: when this resolves, the events are on disk.
   * The same ids at the same expected revision succeed again with the first answer.
   * @throws StoreError `conflict` | `unavailable` | `unknown_outcome` | `refused`
   */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult>;

  /** The stream's events from a revision on (default 0), oldest first; empty when there is no such stream. */
  readStream(stream: string, from?: number): Promise<readonly RecordedEvent[]>;

  /** One page of the log behind a position (exclusive), at most `limit` matching events. */
  readLog(after: Position, limit: number, filter?: EventFilter): Promise<LogPage>;

  /** Position of the newest event, START for an empty log. Costs the same at any size. */
  head(): Promise<Position>;

  /** How many events lie between two positions (exclusive, inclusive); only where that costs the same at any distance. */
  distance?(after: Position, upTo: Position): number;

  /** Every event behind a position, in order, then live; survives lost connections by resubscribing. */
  subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionBatch>;

  health(): Promise<StoreHealth>;

  /** Finishes what is under way and frees every resource. Later calls reject as `unavailable`. */
  close(): Promise<void>;
}

export type StoreErrorKind =
  /** The stream is not at the expected revision. Load again and decide again. */
  | 'conflict'
  /** Nothing was written. The same request may be tried again. */
  | 'unavailable'
  /** It may or may not have been written. The same ids at the same expected revision may be tried again. */
  | 'unknown_outcome'
  /** The store will never take this (too large, empty, duplicate ids, access denied). */
  | 'refused';

export class StoreError extends Error {
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'StoreError';
    this.kind = kind;
  }
}

/** `approval` of `approval-0192…`; a name without a dash is its own category. */
export function categoryOf(stream: string): string {
  const dash = stream.indexOf('-');
  return dash === -1 ? stream : stream.slice(0, dash);
}
