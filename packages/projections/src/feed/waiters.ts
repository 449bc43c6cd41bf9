import type { ProjectionLog } from '../runtime/log.ts';
import type { FeedItem } from './types.ts';

type Listener = (item: FeedItem) => void;

/** Who waits for the next event of which request. */
export interface Waiters {
  onRequest(requestId: string, listener: Listener): () => void;
  wake(item: FeedItem): void;
  readonly count: number;
  /** Nobody waits for anything. */
  readonly idle: boolean;
  close(): void;
}

export function createWaiters(log: ProjectionLog): Waiters {
  const waiting = new Map<string, Set<Listener>>();

  return {
    onRequest(requestId, listener) {
      // An own function per call: the same listener given twice is two waiters.
      const own: Listener = (item) => listener(item);
      const listeners = waiting.get(requestId) ?? new Set();
      waiting.set(requestId, listeners.add(own));
      return () => {
        listeners.delete(own);
        if (listeners.size === 0 && waiting.get(requestId) === listeners) waiting.delete(requestId);
      };
    },
    wake(item) {
      if (item.category !== 'approval') return;
      const listeners = waiting.get(item.recorded.stream.slice('approval-'.length));
      for (const listener of listeners ? [...listeners] : []) {
        try {
          listener(item);
        } catch (error) {
          log('error', 'a listener of the live feed failed', {
            position: item.position,
            error: String(error),
          });
        }
      }
    },
    get idle() {
      return waiting.size === 0;
    },
    get count() {
      let count = 0;
      for (const listeners of waiting.values()) count += listeners.size;
      return count;
    },
    close: () => waiting.clear(),
  };
}
