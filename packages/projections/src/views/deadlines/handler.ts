import type { ApprovalEvent, ApprovalEventOf } from '@countersign/domain';
import type { Database } from 'better-sqlite3';
import type { Handler, Incoming, Projection } from '../../runtime/projection.ts';
import { decisionIn } from '../life.ts';
import { createPlanned } from './planned.ts';
import { indexes, tables } from './schema.ts';

export const deadlinesProjection: Projection = {
  name: 'deadlines',
  version: 2,
  categories: ['approval'],
  tables,
  indexes,
  open: openDeadlines,
};

type Due = readonly [
  requestId: string,
  kind: 'escalate' | 'expire',
  rung: number,
  tenant: string,
  dueAt: string,
];

/** Most requests are decided soon: those that come and go within one batch never touch the table. */
function openDeadlines(db: Database, keep: number): Handler {
  const insert = db.prepare(
    'INSERT INTO deadlines (request_id, kind, rung, tenant, due_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const dropRung = db.prepare(
    "DELETE FROM deadlines WHERE request_id = ? AND kind = 'escalate' AND rung = ?",
  );
  const dropAll = db.prepare('DELETE FROM deadlines WHERE request_id = ?');
  const planned = createPlanned(db, keep);
  let coming = new Map<string, Due[]>();
  let rungsGone: [requestId: string, rung: number][] = [];
  let decided = new Set<string>();

  function escalated(requestId: string, rung: number): void {
    const due = coming.get(requestId);
    if (due)
      coming.set(
        requestId,
        due.filter(([, kind, at]) => kind === 'expire' || at !== rung),
      );
    else rungsGone.push([requestId, rung]);
  }

  return {
    handle(incoming: Incoming) {
      const event = incoming.event as ApprovalEvent;
      const requestId = incoming.recorded.stream.slice(incoming.category.length + 1);
      if (event.type === 'ApprovalRequested') {
        if (incoming.recorded.revision !== 0) return;
        coming.set(requestId, dueOf(requestId, event.data));
        planned.begin(requestId, event.data);
        return;
      }
      if (event.type === 'RequestEscalated') escalated(requestId, event.data.rung);
      else if (decisionIn(event) && !coming.delete(requestId)) decided.add(requestId);
      planned.follow(requestId, event);
    },
    flush() {
      for (const due of coming.values()) for (const row of due) insert.run(...row);
      for (const gone of rungsGone) dropRung.run(...gone);
      for (const requestId of decided) dropAll.run(requestId);
      forget();
      planned.flush();
    },
    pending: () => coming.size + rungsGone.length + decided.size + planned.pending,
    reset() {
      forget();
      planned.reset();
    },
  };

  function forget(): void {
    coming = new Map();
    rungsGone = [];
    decided = new Set();
  }
}

/** Rungs at or behind the expiry never fire. */
function dueOf(requestId: string, data: ApprovalEventOf<'ApprovalRequested'>['data']): Due[] {
  const { tenant, expiresAt, escalations } = data;
  const rungs = escalations
    .filter(({ at }) => at < expiresAt)
    .map(({ rung, at }): Due => [requestId, 'escalate', rung, tenant, at]);
  return [...rungs, [requestId, 'expire', 0, tenant, expiresAt]];
}
