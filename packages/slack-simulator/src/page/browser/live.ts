import { hear } from './changes.ts';

export interface Live<T> {
  /** Fails while the simulator is not there. */
  load(): Promise<T>;
  show(loaded: T): void;
  connected(is: boolean): void;
}

/**
 * Loads and shows at once and after every change of the workspace, one after the other; changes that come meanwhile make
 * for one more.
 * @returns how to ask for one more
 */
export function live<T>({ load, show, connected }: Live<T>): () => void {
  let last = Promise.resolve();
  let waiting = false;
  const once = async (): Promise<void> => {
    waiting = false;
    const loaded = await load().catch(() => null);
    connected(loaded !== null);
    if (loaded === null) return;
    try {
      show(loaded);
    } catch (error) {
      // The next one may be drawn all the same.
      reportError(error);
    }
  };
  const again = (): void => {
    if (waiting) return;
    waiting = true;
    last = last.then(once);
  };
  hear((news) => (news === 'changed' ? again() : connected(false)));
  again();
  return again;
}
