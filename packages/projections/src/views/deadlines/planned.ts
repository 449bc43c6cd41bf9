import type { ApprovalEvent, ApprovalEventOf, DispatchPhase } from '@countersign/domain';
import type { Database } from 'better-sqlite3';
import { createRowCache } from '../../runtime/row-cache.ts';
import { decisionIn, lapseOf, phaseAfter } from '../life.ts';
import { openPlannedTable } from './planned-table.ts';

/** What is known of a request with a plan that may still be carried out. */
export interface Planned {
  readonly requestId: string;
  readonly tenant: string;
  /** Begins on approval; otherwise somebody has to begin it. */
  readonly byItself: boolean;
  readonly notBefore: string | null;
  readonly validForSec: number | null;
  approvedAt: string | null;
  /** Null: nothing will ever be carried out. */
  phase: DispatchPhase | null;
  leaseUntil: string | null;
  /** Whether the table holds it. */
  written: boolean;
}

/** Deadlines of what is carried out. Of requests without a plan it knows nothing, and they cost nothing here. */
export interface PlannedDeadlines {
  begin(requestId: string, request: ApprovalEventOf<'ApprovalRequested'>['data']): void;
  /** An event of the request after its first. */
  follow(requestId: string, event: ApprovalEvent): void;
  readonly pending: number;
  /** Belongs behind whatever else a decision deletes. */
  flush(): void;
  reset(): void;
}

export function createPlanned(db: Database, keep: number): PlannedDeadlines {
  const table = openPlannedTable(db, dueOf);
  const rows = createRowCache<Planned>(table, keep);
  let any = table.used;

  return {
    begin(requestId, { tenant, dispatch }) {
      if (!dispatch) return;
      any = true;
      rows.add(requestId, {
        requestId,
        tenant,
        byItself: dispatch.mode === 'on-approval',
        notBefore: dispatch.notBefore ?? null,
        validForSec: dispatch.validForSec ?? null,
        approvedAt: null,
        phase: 'idle',
        leaseUntil: null,
        written: false,
      });
    },
    follow(requestId, event) {
      if (!any || !concerns(event)) return;
      const row = rows.get(requestId);
      if (!row?.phase) return;
      follow(row, row.phase, event);
      rows.changed(requestId);
    },
    get pending() {
      return rows.pending;
    },
    flush: rows.flush,
    reset: rows.clear,
  };
}

/** An approval without a plan says so itself; of other ends the table has to be asked. */
function concerns(event: ApprovalEvent): boolean {
  return event.type === 'RequestApproved' ? event.data.planHash !== undefined : FOLLOWED.has(event.type);
}

const FOLLOWED: ReadonlySet<string> = new Set<ApprovalEvent['type']>([
  'RequestDenied',
  'RequestCancelled',
  'RequestExpired',
  'DispatchStarted',
  'DispatchResumed',
  'StepStarted',
  'StepFailed',
  'Dispatched',
  'DispatchFailed',
  'ApprovalLapsed',
]);

function follow(row: Planned, phase: DispatchPhase, event: ApprovalEvent): void {
  switch (event.type) {
    case 'DispatchStarted':
    case 'DispatchResumed':
    case 'StepStarted':
    case 'StepFailed':
      row.leaseUntil = event.data.until ?? row.leaseUntil;
      row.phase = phaseAfter(phase, event);
      return;
    case 'Dispatched':
    case 'ApprovalLapsed':
      row.phase = null;
      return;
    case 'DispatchFailed':
      row.phase = 'failed';
      return;
    default: {
      const decision = decisionIn(event);
      if (decision?.outcome === 'approved') row.approvedAt = decision.at;
      else row.phase = null;
    }
  }
}

export type PlannedDue = readonly [kind: 'lapse' | 'dispatch' | 'resume', at: string];

function dueOf({ phase, approvedAt, byItself, notBefore, validForSec, leaseUntil }: Planned): PlannedDue[] {
  if (phase === 'running') return leaseUntil === null ? [] : [['resume', leaseUntil]];
  if (phase !== 'idle' || approvedAt === null) return [];
  const begins = notBefore !== null && notBefore > approvedAt ? notBefore : approvedAt;
  return [
    ...(validForSec === null ? [] : [['lapse', lapseOf(approvedAt, validForSec)] as const]),
    ...(byItself ? [['dispatch', begins] as const] : []),
  ];
}
