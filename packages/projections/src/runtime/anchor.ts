import type { EventStore } from '@countersign/event-store';
import type { Checkpoint } from './view-file.ts';

/**
 * Whether a view was made from this ledger: the event that it handled last must stand where it stood then. False after
 * the data folder was given another store, or the store was put back to an earlier state. Costs two small reads.
 * @throws StoreError
 */
export async function belongsTo(
  store: EventStore,
  { position, anchorAfter, anchorId }: Checkpoint,
  categories: readonly string[],
): Promise<boolean> {
  if (position > (await store.head())) return false;
  if (anchorId === null) return true;
  const filter = { categories };
  let after = anchorAfter;
  for (;;) {
    const page = await store.readLog(after, 1, filter);
    const [event] = page.events;
    if (event) return event.id === anchorId;
    if (page.end || page.position >= position) return false;
    after = page.position;
  }
}
