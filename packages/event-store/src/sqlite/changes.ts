/** Tells subscribers that the log may have grown. A hint only: they read the log to find out. */
export interface Changes {
  /** Grows with every hint. Read it before reading the log, and wait with it afterwards: nothing is missed between. */
  readonly count: number;
  notify(): void;
  /** Resolves once the count is no longer `seen`, or the signal is aborted, or `end` was called. */
  wait(seen: number, signal: AbortSignal): Promise<void>;
  /** A subscriber is there; returns how it leaves. Other processes are watched only while there is one. */
  enter(): () => void;
  /** Wakes everybody for good. */
  end(): void;
}

/**
 * @param dataVersion changes when another connection has committed; undefined where there can be none
 * @param everyMs how often to look at it
 */
export function createChanges(dataVersion: (() => number) | undefined, everyMs: number): Changes {
  const sleepers = new Set<() => void>();
  let count = 0;
  let subscribers = 0;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  let known: number | undefined;

  const notify = (): void => {
    count++;
    for (const wake of [...sleepers]) wake();
  };
  const look = (): void => {
    const now = versionOrUnknown(dataVersion);
    if (now === undefined || now !== known) notify();
    known = now;
  };

  return {
    get count() {
      return count;
    },
    notify,
    wait(seen, signal) {
      return new Promise((resolve) => {
        if (count !== seen || signal.aborted || ended) return resolve();
        const wake = (): void => {
          sleepers.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        sleepers.add(wake);
        signal.addEventListener('abort', wake);
      });
    },
    enter() {
      subscribers++;
      if (dataVersion && timer === undefined && !ended) timer = setInterval(look, everyMs).unref();
      return () => {
        if (--subscribers > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
    end() {
      ended = true;
      clearInterval(timer);
      notify();
    },
  };
}

/** Undefined when the file could not be looked at: the subscribers are woken, read, and meet the reason themselves. */
function versionOrUnknown(dataVersion: (() => number) | undefined): number | undefined {
  try {
    return dataVersion?.();
  } catch {
    return undefined;
  }
}
