import type { ApprovalEvent, ShownEvent } from '@countersign/domain';
import type { Database } from 'better-sqlite3';
import type { Handler, Incoming, Projection } from '../../runtime/projection.ts';
import { continueLife } from '../life.ts';
import { approvalRow, attemptRow, lineageRow, policyRow, type Row } from './row.ts';
import { indexes, tables } from './schema.ts';
import { newSubject, openSubjects } from './subjects.ts';

/** One row per event, with what it meant for its request. */
export const auditProjection: Projection = {
  name: 'audit',
  version: 2,
  categories: ['approval', 'attempt', 'lineage', 'policy'],
  tables,
  indexes,
  open: openAudit,
};

function openAudit(db: Database, keep: number): Handler {
  const insert = db.prepare(`INSERT INTO audit VALUES (${new Array(20).fill('?').join(', ')})`);
  const subjects = openSubjects(db, keep);
  let rows: Row[] = [];

  /** Null for events of a request that never began. */
  function rowOf(incoming: Incoming): Row | null {
    const { recorded, category } = incoming;
    const event = incoming.event as ShownEvent;
    switch (event.type) {
      case 'UnauthorizedAttempted':
        return attemptRow(recorded, event, subjects.get(event.data.requestId));
      case 'RepeatReserved':
        return lineageRow(recorded, event, subjects.get(event.data.previousRequestId));
      case 'PolicyActivated':
        return policyRow(recorded, event);
      default:
        return lifeRow(recorded.stream.slice(category.length + 1), event, recorded);
    }
  }

  function lifeRow(requestId: string, event: ApprovalEvent, recorded: Incoming['recorded']): Row | null {
    const known = subjects.get(requestId);
    if (known) {
      continueLife(known.life, event);
      subjects.changed(requestId);
      return approvalRow(recorded, event, known);
    }
    if (event.type !== 'ApprovalRequested') return null;
    const subject = newSubject(requestId, event.data);
    subjects.add(requestId, subject);
    return approvalRow(recorded, event, subject);
  }

  return {
    handle(incoming) {
      const row = rowOf(incoming);
      if (row) rows.push(row);
    },
    flush() {
      for (const row of rows) insert.run(...row);
      rows = [];
      subjects.flush();
    },
    pending: () => rows.length + subjects.pending,
    reset() {
      rows = [];
      subjects.clear();
    },
  };
}
