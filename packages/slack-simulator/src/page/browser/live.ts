const RETRY_MS = 2000;

/**
 * Calls back at once and after every change of the workspace, one call after the other; changes in between are told by
 * one call.
 * @param connected told false while the simulator is not there
 * @returns how to ask for one more call; resolves when that was made
 */
export function live(refresh: () => Promise<void>, connected: (is: boolean) => void): () => Promise<void> {
  let last = Promise.resolve();
  let waiting = false;
  const again = (): Promise<void> => {
    if (waiting) return last;
    waiting = true;
    last = last.then(async () => {
      waiting = false;
      try {
        await refresh();
        connected(true);
      } catch {
        connected(false);
      }
    });
    return last;
  };
  listen(again, () => connected(false));
  return again;
}

function listen(changed: () => void, lost: () => void): void {
  const source = new EventSource('/page/changes');
  source.addEventListener('changed', changed);
  source.addEventListener('error', () => {
    lost();
    // It comes back by itself, unless it was answered with something else than a stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(changed, lost), RETRY_MS);
  });
}
