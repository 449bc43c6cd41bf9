import type { LedgerEvent, SlackEvent } from '@countersign/domain';
import type { Database } from 'better-sqlite3';
import type { Handler, Incoming, Projection } from '../../runtime/projection.ts';
import { createRowCache } from '../../runtime/row-cache.ts';
import { indexes, tables } from './schema.ts';
import { openTable, type Row } from './table.ts';

/** Which requests Slack does not know entirely. */
export const slackProjection: Projection = {
  name: 'slack',
  version: 1,
  categories: ['approval', 'slack'],
  tables,
  indexes,
  open: openSlack,
};

/** How the canonical JSON of a first event spells that it names a channel; parameters may spell the same. */
const NAMES_A_CHANNEL = '"slack":{"channel":';

/**
 * Bodies are parsed only where something stands in them that matters here, and requests that Slack is not told of are
 * known as such without a look into the file: most ledgers have millions of their events.
 */
function openSlack(db: Database, keep: number): Handler {
  const table = openTable(db);
  const rows = createRowCache<Row>(table, keep);
  /** Requests without a row, as many as are kept in memory. */
  const none = new Set<string>();
  let any = table.used;

  function begin(requestId: string, incoming: Incoming): void {
    const row = incoming.recorded.data.includes(NAMES_A_CHANNEL) ? rowOf(requestId, incoming) : undefined;
    if (row) {
      rows.add(requestId, row);
      any = true;
    } else if (any) hasNone(requestId);
  }

  function hasNone(requestId: string): void {
    if (none.size >= keep) none.clear();
    none.add(requestId);
  }

  function find(requestId: string): Row | undefined {
    if (!any || none.has(requestId)) return undefined;
    const row = rows.get(requestId);
    if (!row) hasNone(requestId);
    return row;
  }

  return {
    handle(incoming) {
      const { recorded, category, position } = incoming;
      const requestId = recorded.stream.slice(category.length + 1);
      if (category === 'slack') {
        const row = find(requestId);
        if (row && told(row, incoming)) rows.changed(requestId);
        return;
      }
      if (recorded.revision === 0) {
        begin(requestId, incoming);
        return;
      }
      const row = find(requestId);
      if (!row) return;
      row.revision = recorded.revision;
      row.untold.push(position);
      rows.changed(requestId);
    },
    flush() {
      rows.flush();
      table.flushCounts();
    },
    pending: () => rows.pending,
    reset() {
      rows.clear();
      table.reset();
      none.clear();
    },
  };
}

function rowOf(requestId: string, { event, position }: Incoming): Row | undefined {
  if (event.type !== 'ApprovalRequested' || !event.data.slack) return undefined;
  const { tenant, slack } = event.data;
  return {
    requestId,
    tenant,
    channel: slack.channel,
    revision: 0,
    untold: [position],
    claimedUntil: null,
    claimedBy: null,
    counted: false,
  };
}

const MATTER: ReadonlySet<string> = new Set<SlackEvent['type']>(['SlackDeliveryClaimed', 'SlackDelivered']);

/** What Slack was told of a request; whether that changes its row. */
function told(row: Row, incoming: Incoming): boolean {
  if (!MATTER.has(incoming.recorded.type)) return false;
  const event: LedgerEvent = incoming.event;
  if (event.type === 'SlackDeliveryClaimed') {
    row.claimedUntil = event.data.until;
    row.claimedBy = event.data.by;
  } else if (event.type === 'SlackDelivered') {
    const deliveredTo = row.revision - row.untold.length;
    row.untold.splice(0, event.data.upTo - deliveredTo);
    row.claimedUntil = null;
    row.claimedBy = null;
  }
  return true;
}
