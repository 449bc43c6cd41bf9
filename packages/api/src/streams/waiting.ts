import type { Response } from 'express';

/** Answers that wait for something to happen, and end when nobody reads them or the server shuts down. */
export interface Waiting {
  /** Answers that wait now. */
  readonly count: number;
  /** @param wait given a signal that ends the wait; its outcome is passed on */
  whileWaiting<T>(res: Response, wait: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** @param closing aborted when the server begins to shut down */
export function createWaiting(closing: AbortSignal): Waiting {
  // One listener for all: a long life of the server must not gather one for every answer it ever gave.
  const waiting = new Set<AbortController>();
  closing.addEventListener('abort', () => {
    for (const wait of waiting) wait.abort();
  });

  return {
    get count() {
      return waiting.size;
    },
    async whileWaiting(res, wait) {
      const ending = new AbortController();
      const end = () => ending.abort();
      if (closing.aborted) end();
      res.once('close', end);
      waiting.add(ending);
      try {
        return await wait(ending.signal);
      } finally {
        waiting.delete(ending);
        res.off('close', end);
      }
    },
  };
}
