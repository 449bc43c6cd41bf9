import { type EventStore, type Position, START } from '@countersign/event-store';
import type { Checkpoint } from './view-file.ts';

/**
 * Where a view made from this ledger goes on: behind the event that it handled last, which must stand where it stood
 * then. Not at the checkpoint: that may lie beyond the end of a ledger that was put back to an earlier state and has
 * grown again since. Costs few small reads.
 * @returns undefined when the view was not made from this ledger
 * @throws StoreError
 */
export async function resumeAfter(
  store: EventStore,
  { position, anchorAfter, anchorId }: Checkpoint,
  categories: readonly string[],
): Promise<Position | undefined> {
  if (anchorId === null) return START;
  const filter = { categories };
  let after = anchorAfter;
  for (;;) {
    const page = await store.readLog(after, 1, filter);
    const [event] = page.events;
    if (event) return event.id === anchorId ? event.position : undefined;
    if (page.end || page.position >= position) return undefined;
    after = page.position;
  }
}
