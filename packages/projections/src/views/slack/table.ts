import type { Database } from 'better-sqlite3';
import type { RowTable } from '../../runtime/row-cache.ts';

export interface Row {
  readonly requestId: string;
  readonly tenant: string;
  readonly channel: string;
  revision: number;
  /** Positions of the events that Slack does not know, oldest first. */
  untold: string[];
  claimedUntil: string | null;
  claimedBy: string | null;
  /** Whether its channel's count holds it. */
  counted: boolean;
}

interface Stored {
  request_id: string;
  tenant: string;
  channel: string;
  revision: number;
  untold: string;
  claimed_until: string | null;
  claimed_by: string | null;
}

/** Rows, and beside them how many of each channel wait. */
export interface SlackTable extends RowTable<Row> {
  /** Whether the file held a row when it was opened. */
  readonly used: boolean;
  /** Writes the counts; belongs behind the rows. */
  flushCounts(): void;
  reset(): void;
}

export function openTable(db: Database): SlackTable {
  const insert = db.prepare('INSERT INTO slack_requests VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const update = db.prepare(
    'UPDATE slack_requests SET revision = ?, untold = ?, since = ?, claimed_until = ?, claimed_by = ? WHERE request_id = ?',
  );
  const find = db.prepare<[string], Stored>('SELECT * FROM slack_requests WHERE request_id = ?');
  const count = db.prepare(
    'INSERT INTO slack_waiting (channel, n) VALUES (?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n',
  );
  const drop = db.prepare('DELETE FROM slack_waiting WHERE channel = ? AND n = 0');
  let moved = new Map<string, number>();

  function counting(row: Row): void {
    const waits = row.untold.length > 0;
    if (waits === row.counted) return;
    row.counted = waits;
    moved.set(row.channel, (moved.get(row.channel) ?? 0) + (waits ? 1 : -1));
  }

  return {
    used: db.prepare('SELECT 1 FROM slack_requests LIMIT 1').get() !== undefined,
    insert(row) {
      const { requestId, tenant, channel, revision, untold, claimedUntil, claimedBy } = row;
      const since = untold[0] ?? null;
      insert.run(
        requestId,
        tenant,
        channel,
        revision,
        JSON.stringify(untold),
        since,
        claimedUntil,
        claimedBy,
      );
      counting(row);
    },
    update(row) {
      const { requestId, revision, untold, claimedUntil, claimedBy } = row;
      update.run(revision, JSON.stringify(untold), untold[0] ?? null, claimedUntil, claimedBy, requestId);
      counting(row);
    },
    load(requestId) {
      const found = find.get(requestId);
      return found && toRow(found);
    },
    flushCounts() {
      for (const [channel, by] of moved) {
        if (by === 0) continue;
        count.run(channel, by);
        drop.run(channel);
      }
      moved = new Map();
    },
    reset() {
      moved = new Map();
    },
  };
}

function toRow(stored: Stored): Row {
  const untold = JSON.parse(stored.untold) as string[];
  return {
    requestId: stored.request_id,
    tenant: stored.tenant,
    channel: stored.channel,
    revision: stored.revision,
    untold,
    claimedUntil: stored.claimed_until,
    claimedBy: stored.claimed_by,
    counted: untold.length > 0,
  };
}
