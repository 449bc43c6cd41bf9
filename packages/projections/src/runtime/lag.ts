import { type EventStore, type Position, START } from '@countersign/event-store';

/** How many events of the log a view has not been given yet, as far as the store can tell without reading them. */
export interface Lag {
  /** Looks where the log ends; the answer is used when it comes. */
  refresh(): void;
  behind(position: Position): number;
}

export function createLag(store: EventStore): Lag {
  let head: Position = START;
  let asking = false;

  async function look(): Promise<void> {
    asking = true;
    try {
      head = await store.head();
    } catch {
      // An unreachable store is reported by the subscription; the last known end still holds as a lower bound.
    } finally {
      asking = false;
    }
  }

  return {
    refresh() {
      if (store.distance && !asking) void look();
    },
    behind: (position) => (position < head ? (store.distance?.(position, head) ?? 0) : 0),
  };
}
