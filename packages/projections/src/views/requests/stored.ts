import type { Decision } from '@countersign/domain';
import type { Against, Given, Life } from '../life.ts';
import type { KeptPlan } from './kept-plan.ts';
import type { InternedPlan } from './plans.ts';
import type { Asked, Row } from './row.ts';

/** What rows share, by the numbers that they hold. */
export interface Interned {
  stageNamesOf(slateId: number): readonly string[];
  planById(planId: number): InternedPlan;
}

/** How the plan stands, as the column `plan` holds it. */
export type StoredPlan = KeptPlan & { readonly phase: NonNullable<Life['phase']> };

/** A row as the table holds it; `rows.ts` reads the same. */
export interface StoredRow {
  seq: number;
  request_id: string;
  tenant: string;
  status: Life['status'];
  lapses_at: string | null;
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
  plan_id: number | null;
  plan: string | null;
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

/** The row again, from what the table holds. */
export function fromStored(stored: StoredRow, { stageNamesOf, planById }: Interned): Row {
  const kept = stored.plan === null ? null : (JSON.parse(stored.plan) as StoredPlan);
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
    stageNames: stageNamesOf(stored.slate_id),
    createdAt: stored.created_at,
    expiresAt: stored.expires_at,
    previousRequestId: stored.previous_request_id,
    rootRequestId: stored.root_request_id,
    externalId: stored.external_id,
  };
  const plan = kept && stored.plan_id !== null ? { rules: planById(stored.plan_id), kept } : null;
  const { seq, params, plan_revision: planRevision, revision, position, status: counted } = stored;
  const life = lifeOf(stored, kept?.phase ?? null);
  return { seq, asked, life, plan, params, planRevision, revision, position, counted };
}

function lifeOf(stored: StoredRow, phase: Life['phase']): Life {
  return {
    status: stored.status,
    personas: JSON.parse(stored.personas) as string[],
    missing: JSON.parse(stored.personas_missing) as string[],
    stage: stored.stage,
    approvals: JSON.parse(stored.approvals) as Given[],
    denials: JSON.parse(stored.denials) as Against[],
    escalated: stored.escalated,
    decision: decisionOf(stored),
    phase,
    paramsHash: stored.params_hash,
    updatedAt: stored.updated_at,
  };
}

function decisionOf(stored: StoredRow): Life['decision'] {
  const { decided_by: by, decided_at: at, decided_how: how, decision_note: note } = stored;
  const outcome = outcomeOf(stored);
  if (outcome === null || by === null || at === null || how === null) return null;
  return { outcome, by, at, how, ...(note !== null && { note }) };
}

/** How a row was decided: what becomes of an approval afterwards does not change it. */
export function outcomeOf({
  status,
  decided_how,
}: Pick<StoredRow, 'status' | 'decided_how'>): Decision['outcome'] | null {
  if (decided_how === null) return null;
  if (status === 'denied' || status === 'cancelled') return status;
  return decided_how === 'timeout' ? 'expired' : 'approved';
}
