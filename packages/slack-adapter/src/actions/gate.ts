/** Lets so much be under way at a time, and no more. */
export interface Gate {
  /** Begins the work; null, and nothing begun, when too much is under way or it is closed. */
  run<T>(work: () => Promise<T>): Promise<T> | null;
  /** Lets nothing more in; resolves once what is under way has ended. */
  close(): Promise<void>;
}

export function createGate(max: number): Gate {
  const underWay = new Set<Promise<unknown>>();
  let isOpen = true;
  return {
    run(work) {
      if (!isOpen || underWay.size >= max) return null;
      const running = work();
      const ended: Promise<unknown> = running.catch(() => {}).finally(() => underWay.delete(ended));
      underWay.add(ended);
      return running;
    },
    async close() {
      isOpen = false;
      await Promise.all(underWay);
    },
  };
}
