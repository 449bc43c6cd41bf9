import { canonicalJson, type LedgerEvent, newestVersion } from '@countersign/domain';
import type { NewEvent } from '@countersign/event-store';
import { derivedId } from '../ids.ts';

/** What goes into the metadata of every event of one append. */
export interface Origin {
  /** Belongs to one attempt of one instance. */
  readonly commandId: string;
  readonly correlationId: string;
  readonly traceparent?: string | undefined;
}

/**
 * Events as the store takes them. Ids derive from `seed` and the index, so that only a repeat of this very append
 * has them again.
 */
export function encodeEvents(events: readonly LedgerEvent[], origin: Origin, seed: string): NewEvent[] {
  return events.map((event, index) => ({
    id: derivedId(`${seed}/${index}`),
    type: event.type,
    data: canonicalJson(event.data),
    metadata: canonicalJson({ ...origin, schemaVersion: newestVersion(event.type) }),
  }));
}
