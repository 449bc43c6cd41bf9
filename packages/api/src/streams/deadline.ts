import type { Clock } from '@countersign/application';

/** The longest that a timer of Node can wait. */
const LONGEST_MS = 2 ** 31 - 1;

/** Calls once when the clock has reached a time, never before it. */
export interface Deadline {
  /** @param atMs milliseconds since 1970; null calls it off, and a time that has passed is not called for */
  set(atMs: number | null): void;
}

export function createDeadline(clock: Clock, reached: () => void): Deadline {
  let timer: NodeJS.Timeout | undefined;
  let due: number | null = null;

  function arm(): void {
    if (due === null) return;
    const left = due - clock();
    if (left > 0) timer = setTimeout(arm, Math.min(Math.ceil(left), LONGEST_MS));
    else {
      due = null;
      reached();
    }
  }

  return {
    set(atMs) {
      if (atMs === due) return;
      clearTimeout(timer);
      due = atMs !== null && atMs > clock() ? atMs : null;
      arm();
    },
  };
}
