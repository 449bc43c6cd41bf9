import { type FindRecentDenial, LedgerUnavailable } from '@countersign/application';
import type { EventStore } from '@countersign/event-store';
import type { Projections } from '@countersign/projections';

const WAIT_MS = 2000;
const PAGE = 1000;

/** Looks denials up in the requests view, once that holds every request event written so far. */
export function recentDenialFinder(store: EventStore, projections: Projections): FindRecentDenial {
  return async (sought) => {
    const known = projections.status().find(({ name }) => name === 'requests')?.position ?? '';
    const { events, end } = await store.readLog(known, PAGE, { categories: ['approval'] });
    const newest = events.at(-1);
    const current = end && (!newest || (await projections.waitFor('requests', newest.position, WAIT_MS)));
    if (!current) throw new LedgerUnavailable('the read side is too far behind to judge a repeat', false);
    return projections.requests.recentDenial(sought);
  };
}
