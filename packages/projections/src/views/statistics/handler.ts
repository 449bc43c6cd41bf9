import type { ApprovalEvent } from '@countersign/domain';
import type { Database } from 'better-sqlite3';
import type { Handler, Incoming, Projection } from '../../runtime/projection.ts';
import { createRowCache, type RowCache } from '../../runtime/row-cache.ts';
import { decisionIn } from '../life.ts';
import { createCounters, type Duration } from './counters.ts';
import { indexes, tables } from './schema.ts';

export const statisticsProjection: Projection = {
  name: 'statistics',
  version: 2,
  categories: ['approval', 'attempt'],
  tables,
  indexes,
  open: openStatistics,
};

interface Subject {
  readonly requestId: string;
  readonly tenant: string;
  readonly action: string;
  readonly createdAt: string;
  responded: boolean;
  /** Of requests with a plan: until it is carried out, time goes on. */
  approvedAt: string | null;
}

/** What is counted beside the decisions. */
const COUNTED: Partial<Record<ApprovalEvent['type'], string>> = {
  RequestEscalated: 'escalated',
  ParametersOverridden: 'overridden',
  BreakGlassInvoked: 'break_glass',
  Dispatched: 'dispatched',
  DispatchFailed: 'dispatch_failed',
  ApprovalLapsed: 'lapsed',
};
const RESPONSES: ReadonlySet<string> = new Set<ApprovalEvent['type']>([
  'PersonaAcknowledged',
  'ApprovalGranted',
  'DenialGiven',
  'RequestApproved',
  'RequestDenied',
]);

function openStatistics(db: Database, keep: number): Handler {
  const counters = createCounters(db);
  const subjects = openSubjects(db, keep);

  function begin(requestId: string, event: ApprovalEvent): void {
    if (event.type !== 'ApprovalRequested') return;
    const { tenant, policyKey: action, at: createdAt } = event.data;
    subjects.add(requestId, { requestId, tenant, action, createdAt, responded: false, approvedAt: null });
    counters.count(tenant, action, 'requested', createdAt);
  }

  function go(subject: Subject, event: ApprovalEvent): void {
    const { tenant, action } = subject;
    const { at } = event.data;
    const counted = COUNTED[event.type];
    if (counted) counters.count(tenant, action, counted, at);
    const decision = decisionIn(event);
    if (decision) counters.count(tenant, action, decision.outcome, decision.at);
    carryOn(subject, event);
    if (decision?.how === 'automatic') {
      counters.count(tenant, action, 'automatic', decision.at);
      return;
    }
    if (RESPONSES.has(event.type) && !subject.responded) {
      subject.responded = true;
      subjects.changed(subject.requestId);
      measure(subject, 'first_response', '', subject.createdAt, at);
    }
    if (decision) measure(subject, 'decision', decision.outcome, subject.createdAt, decision.at);
  }

  function carryOn(subject: Subject, { type, data }: ApprovalEvent): void {
    if (type === 'RequestApproved' && data.planHash !== undefined) {
      subject.approvedAt = data.at;
      subjects.changed(subject.requestId);
    } else if (type === 'Dispatched' && subject.approvedAt !== null)
      measure(subject, 'dispatch', 'dispatched', subject.approvedAt, data.at);
  }

  function measure(
    { tenant, action }: Subject,
    what: Duration['measure'],
    outcome: string,
    from: string,
    to: string,
  ): void {
    const ms = Math.max(0, Date.parse(to) - Date.parse(from));
    counters.took({ tenant, action, measure: what, outcome, day: to.slice(0, 10) }, ms);
  }

  return {
    handle({ recorded, category, event }: Incoming) {
      if (event.type === 'UnauthorizedAttempted') {
        const { tenant, requestId, at } = event.data;
        counters.count(tenant, subjects.get(requestId)?.action ?? '', 'attempted', at);
        return;
      }
      const requestId = recorded.stream.slice(category.length + 1);
      const subject = subjects.get(requestId);
      if (subject) go(subject, event as ApprovalEvent);
      else begin(requestId, event as ApprovalEvent);
    },
    flush() {
      subjects.flush();
      counters.flush();
    },
    pending: () => subjects.pending + counters.pending,
    reset() {
      subjects.clear();
      counters.reset();
    },
  };
}

function openSubjects(db: Database, keep: number): RowCache<Subject> {
  const insert = db.prepare('INSERT INTO subjects VALUES (?, ?, ?, ?, ?, ?)');
  const update = db.prepare('UPDATE subjects SET responded = ?, approved_at = ? WHERE request_id = ?');
  const find = db.prepare<[string], Omit<Subject, 'responded'> & { responded: number }>(
    `SELECT request_id AS requestId, tenant, action, created_at AS createdAt, responded,
        approved_at AS approvedAt FROM subjects WHERE request_id = ?`,
  );
  return createRowCache<Subject>(
    {
      insert: ({ requestId, tenant, action, createdAt, responded, approvedAt }) =>
        void insert.run(requestId, tenant, action, createdAt, responded ? 1 : 0, approvedAt),
      update: ({ requestId, responded, approvedAt }) =>
        void update.run(responded ? 1 : 0, approvedAt, requestId),
      load(requestId) {
        const stored = find.get(requestId);
        return stored && { ...stored, responded: stored.responded === 1 };
      },
    },
    keep,
  );
}
