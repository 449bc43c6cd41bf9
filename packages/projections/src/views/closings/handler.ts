import type { ApprovalEvent, ClosingEvent, ClosingName } from '@countersign/domain';
import type { Database } from 'better-sqlite3';
import type { Handler, Incoming, Projection } from '../../runtime/projection.ts';
import { createRowCache } from '../../runtime/row-cache.ts';
import { indexes, tables } from './schema.ts';
import { keyOf, openTable, type Row } from './table.ts';

/** Who waits outside to be told of a decision. */
export const closingsProjection: Projection = {
  name: 'closings',
  version: 1,
  categories: ['approval', 'closing'],
  tables,
  indexes,
  open: openClosings,
};

/** How the canonical JSON of a first event spells that somebody is to be told; parameters may spell the same. */
const ASKS_FOR_A_CALL = /"callbackUrl":|"closing":\{/;

const CALLS = Object.keys({ callback: true, closing: true } satisfies Record<
  ClosingName,
  true
>) as ClosingName[];

const DECISIONS: ReadonlySet<string> = new Set<ApprovalEvent['type']>([
  'RequestApproved',
  'RequestDenied',
  'RequestCancelled',
  'RequestExpired',
]);

/**
 * Bodies are parsed only where something stands in them that matters here, and requests of which nobody is told are
 * known as such without a look into the file: most ledgers have millions of their events.
 */
function openClosings(db: Database, keep: number): Handler {
  const table = openTable(db);
  const rows = createRowCache<Row>(table, keep);
  /** Requests without a row, as many as are kept in memory. */
  const none = new Set<string>();
  let any = table.used;

  function begin(requestId: string, incoming: Incoming): void {
    const asked = ASKS_FOR_A_CALL.test(incoming.recorded.data) ? rowsOf(requestId, incoming) : [];
    for (const row of asked) rows.add(keyOf(requestId, row.call), row);
    if (asked.length > 0) any = true;
    else if (any) hasNone(requestId);
  }

  function hasNone(requestId: string): void {
    if (none.size >= keep) none.clear();
    none.add(requestId);
  }

  /** Nobody is told of a request twice: whatever is decided of it, it is decided once. */
  function decided(requestId: string, { event }: Incoming): void {
    if (!any || none.has(requestId)) return;
    const waiting = CALLS.filter((call) => rows.get(keyOf(requestId, call)));
    if (waiting.length === 0) hasNone(requestId);
    for (const call of waiting) change(requestId, call, { dueAt: (event as ApprovalEvent).data.at });
  }

  function change(requestId: string, call: ClosingName, changes: Partial<Row>): void {
    const row = any ? rows.get(keyOf(requestId, call)) : undefined;
    if (!row) return;
    Object.assign(row, changes);
    rows.changed(keyOf(requestId, call));
  }

  return {
    handle(incoming) {
      const { recorded, category } = incoming;
      const requestId = recorded.stream.slice(category.length + 1);
      if (category === 'closing') {
        const event = incoming.event as ClosingEvent;
        change(requestId, event.data.call, changesBy(event));
      } else if (recorded.revision === 0) begin(requestId, incoming);
      else if (DECISIONS.has(recorded.type)) decided(requestId, incoming);
    },
    flush: rows.flush,
    pending: () => rows.pending,
    reset() {
      rows.clear();
      none.clear();
    },
  };
}

function rowsOf(requestId: string, { event }: Incoming): Row[] {
  if (event.type !== 'ApprovalRequested') return [];
  const { tenant, callbackUrl, closing } = event.data;
  const row = (call: ClosingName, receiver: string): Row => ({
    ...{ requestId, call, tenant, receiver },
    ...{ dueAt: null, tries: 0, ended: false, written: false },
  });
  return [
    ...(callbackUrl === undefined ? [] : [row('callback', URL.parse(callbackUrl)?.host ?? callbackUrl)]),
    ...(closing === undefined ? [] : [row('closing', closing.connector)]),
  ];
}

function changesBy({ type, data }: ClosingEvent): Partial<Row> {
  switch (type) {
    case 'ClosingStarted':
      return { dueAt: data.until, tries: data.try };
    case 'ClosingFailed':
      return data.retryAt === undefined ? { ended: true } : { dueAt: data.retryAt };
    case 'ClosingSucceeded':
      return { ended: true };
  }
}
