import type { Clock } from '@countersign/application';

/** Waiting by a clock that a test may move. */
export interface Waits {
  /** Resolves when the clock shows that time, in milliseconds since 1970, and at once from `end` on. */
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

/** A timer for longer would go off at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Resolves to true when the work has ended, to false when that takes longer. Never rejects. */
export async function endsWithin(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.min(milliseconds, MAX_TIMER_MS));
  });
  const ended = work.then(
    () => true,
    () => true,
  );
  const inTime = await Promise.race([ended, late]);
  clearTimeout(timer);
  return inTime;
}
