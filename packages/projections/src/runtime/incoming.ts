import { type LedgerEvent, parseEvent } from '@countersign/domain';
import { categoryOf, type RecordedEvent } from '@countersign/event-store';
import type { Incoming } from './projection.ts';

/** Parsed on first use and then shared by all views; the schema check was made when the event was written. */
export function incoming(recorded: RecordedEvent): Incoming {
  let parsed: LedgerEvent | undefined;
  return {
    recorded,
    category: categoryOf(recorded.stream),
    position: recorded.position,
    get event() {
      parsed ??= parseEvent(recorded);
      return parsed;
    },
  };
}
