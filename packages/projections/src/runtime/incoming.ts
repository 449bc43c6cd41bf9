import type { LedgerEvent } from '@countersign/domain';
import { parseEvent } from '@countersign/domain/recorded';
import { categoryOf, type Position, type RecordedEvent } from '@countersign/event-store';
import type { Incoming } from './projection.ts';

/** Parsed on first use and then shared by all views; the schema check was made when the event was written. */
class Envelope implements Incoming {
  readonly recorded: RecordedEvent;
  readonly category: string;
  #parsed: LedgerEvent | undefined;

  constructor(recorded: RecordedEvent) {
    this.recorded = recorded;
    this.category = categoryOf(recorded.stream);
  }

  get position(): Position {
    return this.recorded.position;
  }

  get event(): LedgerEvent {
    this.#parsed ??= parseEvent(this.recorded);
    return this.#parsed;
  }
}

export function incoming(recorded: RecordedEvent): Incoming {
  return new Envelope(recorded);
}
