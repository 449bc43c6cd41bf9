import type { Known } from '@countersign/application';
import { type RequestWatch, type WatchPorts, watchRequest } from './request-watch.ts';

/** A request as one waiter follows it. */
export interface Watching {
  /** The state after each event so far; the index is the revision. Grows. */
  readonly steps: readonly [Known, ...Known[]];
  /** Must be called in the end. */
  stop(): void;
}

/** Requests that somebody waits for, each read and folded once however many wait. */
export interface Watches {
  /**
   * @param onChange after the steps have grown, or the deadline has passed
   * @returns null when there is no such request
   * @throws StoreError, UnreadableEvent
   */
  watch(requestId: string, onChange: () => void): Promise<Watching | null>;
  /** Requests watched now. */
  readonly count: number;
}

export function createWatches(ports: WatchPorts): Watches {
  const watches = new Map<string, RequestWatch>();

  function join(requestId: string, listener: () => void): RequestWatch {
    const watch = watches.get(requestId) ?? watchRequest(requestId, ports);
    watches.set(requestId, watch);
    watch.listeners.add(listener);
    return watch;
  }

  function leave(requestId: string, watch: RequestWatch, listener: () => void): void {
    watch.listeners.delete(listener);
    if (watch.listeners.size > 0 || watches.get(requestId) !== watch) return;
    watches.delete(requestId);
    watch.stop();
  }

  return {
    async watch(requestId, onChange) {
      // An own function per call: the same listener given twice is two waiters.
      const listener = () => onChange();
      const watch = join(requestId, listener);
      const stop = () => leave(requestId, watch, listener);
      try {
        await watch.refresh();
      } catch (error) {
        stop();
        throw error;
      }
      if (watch.steps.length > 0) return { steps: watch.steps as readonly [Known, ...Known[]], stop };
      stop();
      return null;
    },
    get count() {
      return watches.size;
    },
  };
}
