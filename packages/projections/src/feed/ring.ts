import type { Position } from '@countersign/event-store';
import type { FeedItem } from './types.ts';

/** The newest events, bounded, without a gap: everything behind `floor` is in it. */
export interface Ring {
  /** Every event behind this position is held. */
  readonly floor: Position;
  push(item: FeedItem): void;
  /** Holds nothing, and goes on behind a position. */
  restart(position: Position): void;
  /** Held events behind a position, oldest first. */
  after(position: Position): FeedItem[];
}

export function createRing(start: Position, capacity: number): Ring {
  const items: (FeedItem | undefined)[] = new Array(capacity);
  // Item number n, counted from the first, is at n modulo capacity.
  let pushed = 0;
  let floor = start;

  const at = (n: number): FeedItem => items[n % capacity] as FeedItem;
  const first = (): number => Math.max(0, pushed - capacity);

  return {
    get floor() {
      return floor;
    },
    push(item) {
      if (pushed >= capacity) floor = at(pushed).position;
      items[pushed % capacity] = item;
      pushed++;
    },
    restart(position) {
      if (pushed > 0) items.fill(undefined);
      pushed = 0;
      floor = position;
    },
    after(position) {
      let low = first();
      let high = pushed;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (at(middle).position <= position) low = middle + 1;
        else high = middle;
      }
      return Array.from({ length: pushed - low }, (_, offset) => at(low + offset));
    },
  };
}
