import { isLedgerEventType, type LedgerEvent, parseEvent, UnreadableEvent } from '@countersign/domain';
import { categoryOf, type RecordedEvent } from '@countersign/event-store';
import type { FeedItem, RequestScope } from './types.ts';

/** Parsed once; null when this program cannot read it, which must not stop a stream of what it can. */
export function readEvent(recorded: RecordedEvent): LedgerEvent | null {
  if (!isLedgerEventType(recorded.type)) return null;
  try {
    return parseEvent(recorded);
  } catch (error) {
    if (error instanceof UnreadableEvent) return null;
    throw error;
  }
}

export function feedItem(
  recorded: RecordedEvent,
  event: LedgerEvent | null,
  scope: RequestScope | null,
): FeedItem {
  const frames = new Map<string, Buffer>();
  const item: FeedItem = {
    position: recorded.position,
    recorded,
    category: categoryOf(recorded.stream),
    event,
    scope,
    frame(key, build) {
      const known = frames.get(key);
      if (known) return known;
      const made = build(item);
      frames.set(key, made);
      return made;
    },
  };
  return item;
}
