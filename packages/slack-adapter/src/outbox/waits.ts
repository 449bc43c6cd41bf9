import type { Clock } from '@countersign/application';

/** Waiting by a clock that a test may move. */
export interface Waits {
  /** Resolves when the clock shows that time, and at once from `end` on. */
  until(at: number): Promise<void>;
  /** Looks at the clock now. */
  look(): void;
  /** Nothing waits any longer. */
  end(): void;
}

/** Timers hold no longer times; the clock is looked at again anyway. */
const MAX_SLEEP_MS = 60_000;

export function createWaits(clock: Clock): Waits {
  const waiting = new Set<{ readonly at: number; readonly resolve: () => void }>();
  let sleeping: NodeJS.Timeout | undefined;
  let ended = false;

  function look(): void {
    clearTimeout(sleeping);
    const now = clock();
    let next = Number.POSITIVE_INFINITY;
    for (const wait of [...waiting]) {
      if (ended || wait.at <= now) {
        waiting.delete(wait);
        wait.resolve();
      } else next = Math.min(next, wait.at);
    }
    if (waiting.size > 0) sleeping = setTimeout(look, Math.min(MAX_SLEEP_MS, next - now));
  }

  return {
    until(at) {
      if (ended || at <= clock()) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.add({ at, resolve });
        look();
      });
    },
    look,
    end() {
      ended = true;
      look();
    },
  };
}
