import type { DispatchPhase } from '@countersign/domain';
import type { Database } from 'better-sqlite3';
import type { RowTable } from '../../runtime/row-cache.ts';
import type { Planned, PlannedDue } from './planned.ts';

interface Stored {
  request_id: string;
  tenant: string;
  by_itself: 0 | 1;
  not_before: string | null;
  valid_for_sec: number | null;
  approved_at: string | null;
  phase: DispatchPhase;
  lease_until: string | null;
}

/** Rows of `planned`, and with each its deadlines. */
export function openPlannedTable(
  db: Database,
  dueOf: (row: Planned) => readonly PlannedDue[],
): RowTable<Planned> & { /** Whether it held a row when it was opened. */ readonly used: boolean } {
  const insert = db.prepare('INSERT INTO planned VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const update = db.prepare(
    'UPDATE planned SET approved_at = ?, phase = ?, lease_until = ? WHERE request_id = ?',
  );
  const remove = db.prepare('DELETE FROM planned WHERE request_id = ?');
  const find = db.prepare<[string], Stored>('SELECT * FROM planned WHERE request_id = ?');
  const addDue = db.prepare(
    'INSERT INTO deadlines (request_id, kind, rung, tenant, due_at) VALUES (?, ?, 0, ?, ?)',
  );
  const dropDue = db.prepare(
    "DELETE FROM deadlines WHERE request_id = ? AND kind IN ('lapse', 'dispatch', 'resume')",
  );

  function addDues(row: Planned): void {
    for (const [kind, at] of dueOf(row)) addDue.run(row.requestId, kind, row.tenant, at);
  }

  return {
    used: db.prepare('SELECT 1 FROM planned LIMIT 1').get() !== undefined,
    finished: ({ phase }) => phase === null,
    insert(row) {
      const { requestId, tenant, byItself, notBefore, validForSec, approvedAt, phase, leaseUntil } = row;
      if (phase === null) return;
      row.written = true;
      insert.run(requestId, tenant, byItself ? 1 : 0, notBefore, validForSec, approvedAt, phase, leaseUntil);
      addDues(row);
    },
    update(row) {
      if (!row.written) return;
      dropDue.run(row.requestId);
      if (row.phase === null) remove.run(row.requestId);
      else update.run(row.approvedAt, row.phase, row.leaseUntil, row.requestId);
      addDues(row);
    },
    load(requestId) {
      const found = find.get(requestId);
      if (!found) return undefined;
      return {
        requestId,
        tenant: found.tenant,
        byItself: found.by_itself === 1,
        notBefore: found.not_before,
        validForSec: found.valid_for_sec,
        approvedAt: found.approved_at,
        phase: found.phase,
        leaseUntil: found.lease_until,
        written: true,
      };
    },
  };
}
