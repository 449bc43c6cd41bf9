import type { LedgerEvent } from '@countersign/domain';
import type { Position, RecordedEvent } from '@countersign/event-store';
import type { Database } from 'better-sqlite3';

/** A stored event on its way to the views: its body is parsed once, when the first view asks. */
export interface Incoming {
  readonly recorded: RecordedEvent;
  readonly category: string;
  readonly position: Position;
  /** @throws UnreadableEvent */
  readonly event: LedgerEvent;
}

/**
 * Turns events into rows, over one open view file. `handle` folds into memory and may read the file; `flush` writes
 * what has changed since the last one. Both run inside a transaction that also moves the checkpoint.
 */
export interface Handler {
  /** Throws for an event that it cannot take: that stops the projection. */
  handle(incoming: Incoming): void;
  flush(): void;
  /** Rows changed and not yet written. */
  pending(): number;
  /** The transaction was rolled back: forget everything kept in memory. */
  reset(): void;
}

export interface Projection {
  readonly name: string;
  /** Raise it whenever schema or handler change: the view is then built anew beside the old one. */
  readonly version: number;
  /** Stream categories whose events the view is made of. */
  readonly categories: readonly string[];
  /** Tables, and the indexes that the handler itself looks things up with. */
  readonly tables: string;
  /** Indexes for readers; during a rebuild they are made at the end. */
  readonly indexes: readonly string[];
  /** @param keep how many rows the handler may keep in memory between flushes */
  open(db: Database, keep: number): Handler;
}
