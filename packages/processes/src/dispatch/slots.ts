/** So many at a time; the others in the order in which they came. */
export interface Slots {
  take(): Promise<void>;
  /** False when there is none, or others wait for one. */
  tryTake(): boolean;
  release(): void;
}

/** @param onFree called when one is free and nobody waits for it */
export function createSlots(count: number, onFree: () => void): Slots {
  let free = count;
  const queue: (() => void)[] = [];
  return {
    take() {
      if (free > 0) {
        free -= 1;
        return Promise.resolve();
      }
      return new Promise((resolve) => queue.push(resolve));
    },
    tryTake() {
      if (free === 0) return false;
      free -= 1;
      return true;
    },
    release() {
      const next = queue.shift();
      if (next) {
        next();
        return;
      }
      free += 1;
      onFree();
    },
  };
}
