import type { Database, Statement } from 'better-sqlite3';
import { lapseOf } from '../life.ts';
import type { Row } from './row.ts';
import { requestIndex } from './schema.ts';
import { fromStored, type Interned, type StoredPlan, type StoredRow } from './stored.ts';

const CHANGING = [
  'status',
  'lapses_at',
  'params',
  'params_hash',
  'plan_revision',
  'plan',
  'stage',
  'stage_name',
  'personas_missing',
  'approvals',
  'denials',
  'escalated',
  'updated_at',
  'decided_at',
  'decided_by',
  'decided_how',
  'decision_note',
  'revision',
  'position',
];
const FIXED = [
  'seq',
  'request_id',
  'tenant',
  'channel',
  'action',
  'policy_key',
  'policy_hash',
  'requester',
  'owner',
  'on_behalf_of',
  'justification',
  'comparable_hash',
  'slate_id',
  'plan_id',
  'personas',
  'created_at',
  'expires_at',
  'previous_request_id',
  'root_request_id',
  'external_id',
];

/** How rows are read from and written to the table. */
export function rowStatements(db: Database, interned: Interned) {
  const columns = [...FIXED, ...CHANGING];
  const insert = db.prepare(
    `INSERT INTO requests (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const update = db.prepare(
    `UPDATE requests SET ${CHANGING.map((column) => `${column} = ?`).join(', ')} WHERE seq = ?`,
  );
  let load: Statement<[string], StoredRow> | undefined;
  return {
    insert: (row: Row) => void insert.run(...fixedValues(row), ...changingValues(row)),
    update: (row: Row) => void update.run(...changingValues(row), row.seq),
    finished: hasEnded,
    load(requestId: string): Row | undefined {
      if (!load) {
        db.exec(requestIndex);
        load = db.prepare<[string], StoredRow>('SELECT * FROM requests WHERE request_id = ?');
      }
      const stored = load.get(requestId);
      return stored && fromStored(stored, interned);
    },
  };
}

/** What is approved and has a plan goes on until that is carried out, or can't be any more. */
function hasEnded({ life: { decision, phase } }: Row): boolean {
  if (decision?.outcome !== 'approved' || phase === null) return decision !== null;
  return phase === 'done' || phase === 'lapsed';
}

/** When a reader has to be told that it is expired, whatever has been recorded; null when that can't be. */
function lapsesAt({ asked, life: { decision, phase }, plan }: Row): string | null {
  if (!decision) return asked.expiresAt;
  const validForSec = phase === 'idle' && decision.outcome === 'approved' ? plan?.rules.validForSec : null;
  return validForSec ? lapseOf(decision.at, validForSec) : null;
}

function fixedValues({ seq, asked, life, plan }: Row): (string | number | null)[] {
  return [
    seq,
    asked.requestId,
    asked.tenant,
    asked.channel,
    asked.action,
    asked.policyKey,
    asked.policyHash,
    asked.requester,
    asked.owner,
    asked.onBehalfOf,
    asked.justification,
    asked.comparableHash,
    asked.slateId,
    plan ? plan.rules.planId : null,
    listText(life.personas),
    asked.createdAt,
    asked.expiresAt,
    asked.previousRequestId,
    asked.rootRequestId,
    asked.externalId,
  ];
}

function changingValues(row: Row): (string | number | null)[] {
  const { life, asked } = row;
  const { decision } = life;
  return [
    life.status,
    lapsesAt(row),
    row.params,
    life.paramsHash,
    row.planRevision,
    planText(row),
    life.stage,
    asked.stageNames[life.stage] ?? null,
    listText(life.missing),
    listText(life.approvals),
    listText(life.denials),
    life.escalated,
    life.updatedAt,
    decision?.at ?? null,
    decision?.by ?? null,
    decision?.how ?? null,
    decision?.note ?? null,
    row.revision,
    row.position,
  ];
}

function planText({ plan, life: { phase } }: Row): string | null {
  if (!plan || !phase) return null;
  const stored: StoredPlan = { ...plan.kept, phase };
  return JSON.stringify(stored);
}

function listText(list: readonly unknown[]): string {
  return list.length === 0 ? '[]' : JSON.stringify(list);
}
