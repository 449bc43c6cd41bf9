import type { ApprovalEvent } from '@countersign/domain';
import type { Database } from 'better-sqlite3';
import type { Handler, Incoming, Projection } from '../../runtime/projection.ts';
import { createRowCache } from '../../runtime/row-cache.ts';
import { continueLife } from '../life.ts';
import { continuePlan } from './kept-plan.ts';
import { createPlans } from './plans.ts';
import { newRow, type Row, stampPlace } from './row.ts';
import { indexes, tables } from './schema.ts';
import { createSlates } from './slates.ts';
import { rowStatements } from './table.ts';
import { createTallies } from './tallies.ts';

/** One row per request, as its events have made it. */
export const requestsProjection: Projection = {
  name: 'requests',
  version: 2,
  categories: ['approval'],
  tables,
  indexes,
  open: openRequests,
};

function openRequests(db: Database, keep: number): Handler {
  const slates = createSlates(db);
  const plans = createPlans(db);
  const tallies = createTallies(db);
  const rows = createRowCache<Row>(
    rowStatements(db, { stageNamesOf: slates.stageNamesOf, planById: plans.byId }),
    keep,
  );
  const last = db.prepare<[], number | null>('SELECT max(seq) FROM requests').pluck();
  let seq = last.get() ?? 0;
  let touched = new Set<Row>();

  function begin(requestId: string, event: Extract<ApprovalEvent, { type: 'ApprovalRequested' }>): Row {
    const row = newRow(
      ++seq,
      requestId,
      event.data,
      slates.intern(event.data.slate, `${event.data.policyHash} ${event.data.policyKey}`),
      event.data.dispatch ? plans.intern(event.data.dispatch) : null,
    );
    rows.add(requestId, row);
    return row;
  }

  function handle(incoming: Incoming): void {
    const event = incoming.event as ApprovalEvent;
    const requestId = requestIdOf(incoming);
    // The first event of a stream cannot have been seen: nothing need be looked up.
    const known = incoming.recorded.revision === 0 ? undefined : rows.get(requestId);
    if (!known && event.type !== 'ApprovalRequested') return;
    const row = known ?? begin(requestId, event as Extract<ApprovalEvent, { type: 'ApprovalRequested' }>);
    if (known) {
      continueLife(row.life, event);
      if (row.plan) continuePlan(row.plan.kept, event);
      rows.changed(requestId);
    }
    if (event.type === 'ParametersOverridden') {
      row.params = JSON.stringify(event.data.params);
      row.planRevision = event.data.planRevision;
    }
    stampPlace(row, incoming);
    if (row.counted !== row.life.status) touched.add(row);
  }

  return {
    handle,
    flush() {
      for (const row of touched) {
        tallies.move(row.asked, row.counted, row.life.status);
        row.counted = row.life.status;
      }
      touched = new Set();
      rows.flush();
      tallies.flush();
    },
    pending: () => rows.pending,
    reset() {
      rows.clear();
      slates.reset();
      plans.reset();
      tallies.reset();
      touched = new Set();
      seq = last.get() ?? 0;
    },
  };
}

/** The stream is `approval-<requestId>`. */
function requestIdOf({ recorded, category }: Incoming): string {
  return recorded.stream.slice(category.length + 1);
}
