import type { LedgerEvent } from '@countersign/domain';
import type { Position, RecordedEvent } from '@countersign/event-store';

/** What decides who may see a request's events; frozen in its first event. */
export interface RequestScope {
  readonly requestId: string;
  readonly tenant: string;
  readonly action: string;
  readonly policyKey: string;
  readonly requester: string;
  readonly owner: string | null;
  readonly onBehalfOf: string | null;
  /** Everybody the slate names. */
  readonly people: ReadonlySet<string>;
  /** Claimed groups that carry a place on it. */
  readonly claims: ReadonlySet<string>;
}

/** One event on its way to all streams that want it. */
export interface FeedItem {
  readonly position: Position;
  readonly recorded: RecordedEvent;
  readonly category: string;
  /** Null for an event that this program cannot read. */
  readonly event: LedgerEvent | null;
  /** Null for events of no request (a policy), and when the request's first event is missing. */
  readonly scope: RequestScope | null;
  /**
   * Bytes made of this item once and shared by every stream that asks under the same key: one buffer, many sockets.
   * The result must depend on the item and the key alone.
   */
  frame(key: string, build: (item: FeedItem) => Buffer): Buffer;
}

export type FeedSignal =
  | { readonly kind: 'event'; readonly item: FeedItem }
  /** All that stood behind `after` has been given; from here on events are new. Comes once, only with `after`. */
  | { readonly kind: 'live' }
  /** `after` is no place of this ledger: nothing can be resumed, read the current state. The subscription has ended. */
  | { readonly kind: 'reset'; readonly reason: string }
  /** The log could not be read while resuming. The subscription has ended; subscribe again. */
  | { readonly kind: 'failed'; readonly error: Error };

export interface FeedSubscribe {
  /** Exclusive. Absent: only what is new. */
  readonly after?: Position;
  /** Events to leave out; runs once per event and subscription, so it must be cheap. */
  readonly filter?: (item: FeedItem) => boolean;
}

/** A promise is waited for while old events are replayed, so that a slow reader does not pile them up. */
export type FeedListener = (signal: FeedSignal) => void | Promise<void>;

export interface FeedHealth {
  readonly status: 'ok' | 'unavailable';
  /** Newest event given out, or the head at the start. */
  readonly position: Position;
  readonly subscribers: number;
  readonly waiters: number;
  readonly detail?: string;
}

/** New events, in the order of the log, for every stream of this process, from one subscription. */
export interface LiveFeed {
  /** Returns how to end it; no signal is given after that. */
  subscribe(options: FeedSubscribe, listener: FeedListener): () => void;
  /** Every new event of stream `approval-<requestId>`. Returns how to end it. */
  onRequest(requestId: string, listener: (item: FeedItem) => void): () => void;
  health(): FeedHealth;
  close(): Promise<void>;
}

/** Whether a reader may see a request: all of the tenant for admins and auditors, else the own and those to decide. */
export function mayRead(
  scope: RequestScope,
  reader: {
    readonly tenant: string;
    readonly person: string;
    readonly claims: readonly string[];
    readonly admin: boolean;
  },
): boolean {
  if (scope.tenant !== reader.tenant) return false;
  return (
    reader.admin ||
    [scope.requester, scope.owner, scope.onBehalfOf].includes(reader.person) ||
    scope.people.has(reader.person) ||
    reader.claims.some((claim) => scope.claims.has(claim))
  );
}
