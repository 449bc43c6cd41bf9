import type { Database, Statement } from 'better-sqlite3';
import type { Against, Given, Life } from '../life.ts';
import type { Asked, Row } from './row.ts';
import { requestIndex } from './schema.ts';

const CHANGING = [
  'status',
  'is_open',
  'params',
  'params_hash',
  'plan_revision',
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
  'personas',
  'created_at',
  'expires_at',
  'previous_request_id',
  'root_request_id',
  'external_id',
];

/** How rows are read from and written to the table. */
export function rowStatements(db: Database, stageNamesOf: (slateId: number) => readonly string[]) {
  const columns = [...FIXED, ...CHANGING];
  const insert = db.prepare(
    `INSERT INTO requests (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const update = db.prepare(
    `UPDATE requests SET ${CHANGING.map((column) => `${column} = ?`).join(', ')} WHERE seq = ?`,
  );
  let load: Statement<[string], Stored> | undefined;
  return {
    insert: (row: Row) => void insert.run(...fixedValues(row), ...changingValues(row)),
    update: (row: Row) => void update.run(...changingValues(row), row.seq),
    finished: (row: Row) => row.life.decision !== null,
    load(requestId: string): Row | undefined {
      if (!load) {
        db.exec(requestIndex);
        load = db.prepare<[string], Stored>('SELECT * FROM requests WHERE request_id = ?');
      }
      const stored = load.get(requestId);
      return stored && fromStored(stored, stageNamesOf(stored.slate_id));
    },
  };
}

function fixedValues({ seq, asked, life }: Row): (string | number | null)[] {
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
    decision ? 0 : 1,
    row.params,
    life.paramsHash,
    row.planRevision,
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

function listText(list: readonly unknown[]): string {
  return list.length === 0 ? '[]' : JSON.stringify(list);
}

/** A row as the table holds it; `queries.ts` reads the same. */
export interface Stored {
  seq: number;
  request_id: string;
  tenant: string;
  status: Life['status'];
  is_open: 0 | 1;
  channel: 'guard' | 'gate';
  action: string;
  policy_key: string;
  policy_hash: string;
  requester: string;
  owner: string | null;
  on_behalf_of: string | null;
  justification: string | null;
  params: string;
  params_hash: string;
  plan_revision: number;
  comparable_hash: string;
  slate_id: number;
  stage: number;
  stage_name: string | null;
  personas: string;
  personas_missing: string;
  approvals: string;
  denials: string;
  escalated: number;
  created_at: string;
  updated_at: string;
  expires_at: string;
  decided_at: string | null;
  decided_by: string | null;
  decided_how: NonNullable<Life['decision']>['how'] | null;
  decision_note: string | null;
  previous_request_id: string | null;
  root_request_id: string;
  external_id: string | null;
  revision: number;
  position: string;
}

function fromStored(stored: Stored, stageNames: readonly string[]): Row {
  const asked: Asked = {
    requestId: stored.request_id,
    tenant: stored.tenant,
    channel: stored.channel,
    action: stored.action,
    policyKey: stored.policy_key,
    policyHash: stored.policy_hash,
    requester: stored.requester,
    owner: stored.owner,
    onBehalfOf: stored.on_behalf_of,
    justification: stored.justification,
    comparableHash: stored.comparable_hash,
    slateId: stored.slate_id,
    stageNames,
    createdAt: stored.created_at,
    expiresAt: stored.expires_at,
    previousRequestId: stored.previous_request_id,
    rootRequestId: stored.root_request_id,
    externalId: stored.external_id,
  };
  const { seq, params, plan_revision: planRevision, revision, position, status: counted } = stored;
  return { seq, asked, life: lifeOf(stored), params, planRevision, revision, position, counted };
}

function lifeOf(stored: Stored): Life {
  return {
    status: stored.status,
    personas: JSON.parse(stored.personas) as string[],
    missing: JSON.parse(stored.personas_missing) as string[],
    stage: stored.stage,
    approvals: JSON.parse(stored.approvals) as Given[],
    denials: JSON.parse(stored.denials) as Against[],
    escalated: stored.escalated,
    decision: decisionOf(stored),
    paramsHash: stored.params_hash,
    updatedAt: stored.updated_at,
  };
}

function decisionOf({
  is_open,
  status,
  decided_by,
  decided_at,
  decided_how,
  decision_note,
}: Stored): Life['decision'] {
  if (is_open || decided_by === null || decided_at === null || decided_how === null) return null;
  return {
    outcome: status as NonNullable<Life['decision']>['outcome'],
    by: decided_by,
    at: decided_at,
    how: decided_how,
    ...(decision_note !== null && { note: decision_note }),
  };
}
