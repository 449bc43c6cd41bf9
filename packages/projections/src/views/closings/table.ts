import type { ClosingName } from '@countersign/domain';
import type { Database } from 'better-sqlite3';
import type { RowTable } from '../../runtime/row-cache.ts';

export interface Row {
  readonly requestId: string;
  readonly call: ClosingName;
  readonly tenant: string;
  readonly receiver: string;
  dueAt: string | null;
  tries: number;
  /** It was made, or given up: nothing will be done about it any more. */
  ended: boolean;
  /** Whether the table holds it. */
  written: boolean;
}

interface Stored {
  tenant: string;
  receiver: string;
  due_at: string | null;
  tries: number;
}

export interface ClosingTable extends RowTable<Row> {
  /** Whether the file held a row when it was opened. */
  readonly used: boolean;
}

export function keyOf(requestId: string, call: ClosingName): string {
  return `${requestId} ${call}`;
}

export function openTable(db: Database): ClosingTable {
  const insert = db.prepare('INSERT INTO closings VALUES (?, ?, ?, ?, ?, ?)');
  const update = db.prepare('UPDATE closings SET due_at = ?, tries = ? WHERE request_id = ? AND call = ?');
  const remove = db.prepare('DELETE FROM closings WHERE request_id = ? AND call = ?');
  const find = db.prepare<[string, string], Stored>(
    'SELECT tenant, receiver, due_at, tries FROM closings WHERE request_id = ? AND call = ?',
  );

  return {
    used: db.prepare('SELECT 1 FROM closings LIMIT 1').get() !== undefined,
    finished: ({ ended }) => ended,
    insert(row) {
      // What came and went within one batch never touches the table.
      if (row.ended) return;
      const { requestId, call, tenant, receiver, dueAt, tries } = row;
      insert.run(requestId, call, tenant, receiver, dueAt, tries);
      row.written = true;
    },
    update({ requestId, call, dueAt, tries, ended, written }) {
      if (!written) return;
      if (ended) remove.run(requestId, call);
      else update.run(dueAt, tries, requestId, call);
    },
    load(key) {
      const [requestId = '', call = ''] = key.split(' ');
      const found = find.get(requestId, call);
      if (!found) return undefined;
      const { tenant, receiver, due_at: dueAt, tries } = found;
      return {
        requestId,
        call: call as ClosingName,
        tenant,
        receiver,
        dueAt,
        tries,
        ended: false,
        written: true,
      };
    },
  };
}
