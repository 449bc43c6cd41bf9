import { type Clock, type Known, timestamp } from '@countersign/application';
import { isDone, type Until } from './until.ts';
import type { Watches } from './watches.ts';

export interface WaitOptions {
  readonly watches: Watches;
  readonly clock: Clock;
  readonly until: Until;
  readonly timeoutMs: number;
  /** Ends the wait early; the state as it then stands is returned. */
  readonly signal: AbortSignal;
}

/**
 * Waits until a request is decided (or dispatched), or the time is over.
 * @returns the request as its stream stood then; null when there is none
 * @throws StoreError, UnreadableEvent
 */
export async function waitForChange(requestId: string, options: WaitOptions): Promise<Known | null> {
  const { watches, clock, until, timeoutMs, signal } = options;
  let check = () => {};
  const watching = await watches.watch(requestId, () => check());
  if (!watching) return null;
  const newest = () => watching.steps.at(-1) ?? watching.steps[0];
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve) => {
      check = () => {
        if (isDone(newest(), until, timestamp(clock))) resolve();
      };
      signal.addEventListener('abort', () => resolve(), { once: true });
      timer = setTimeout(resolve, signal.aborted ? 0 : timeoutMs);
      check();
    });
    return newest();
  } finally {
    clearTimeout(timer);
    watching.stop();
  }
}
