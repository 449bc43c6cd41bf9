/**
 * The work's result, or a rejection with `late()` after so many milliseconds. The work itself goes on; how it ends
 * then no longer matters to anyone.
 */
export async function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(late()), ms);
  try {
    return await Promise.race([work, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves after so many milliseconds, or as soon as the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

/** Doubles from `base` per attempt (1, 2, …) up to `most`, then takes between half and all of it. */
export function backoff(attempt: number, base: number, most: number): number {
  const full = Math.min(most, base * 2 ** Math.min(attempt - 1, 30));
  return full * (0.5 + Math.random() / 2);
}
