import type { Decision, Dispatch, Plan, Status, Via } from '@countersign/domain';
import { type Given, lapseOf } from '../life.ts';
import type { PlanRules } from './plans.ts';
import { outcomeOf, type StoredPlan, type StoredRow } from './stored.ts';
import { wholeDispatch } from './whole-dispatch.ts';

/** A request as readers of the view get it. Times are RFC 3339 UTC with milliseconds. */
export interface RequestRow {
  readonly requestId: string;
  readonly tenant: string;
  /**
   * As of the reader's `now`: an undecided request past its deadline reads `expired`, and so does an approval that was
   * not used in time.
   */
  readonly status: Status;
  readonly channel: 'guard' | 'gate';
  readonly action: string;
  readonly policyKey: string;
  readonly policyHash: string;
  readonly requester: string;
  readonly owner: string | null;
  readonly onBehalfOf: string | null;
  readonly justification: string | null;
  /** JSON text; sealed values as the ledger holds them. */
  readonly params: string;
  readonly paramsHash: string;
  /** 0 until somebody edits. */
  readonly planRevision: number;
  /** What is carried out, as it was asked for: `planFor(plan.steps, params)` fills it in. Null: nothing. */
  readonly plan: RequestPlan | null;
  /** How that stands; null where there is no plan. */
  readonly dispatch: Dispatch | null;
  /** Until when the approval was, or is, good for beginning a dispatch; null where that has no end, or nothing is approved. */
  readonly validUntil: string | null;
  /** Index of the stage now asked, and its name; null once all are complete. */
  readonly stage: number;
  readonly stageName: string | null;
  readonly personasMissing: readonly string[];
  /** Approvals that stand, in the order given. */
  readonly approvals: readonly {
    readonly sub: string;
    readonly at: string;
    readonly stage: number;
    readonly via: Via;
    readonly note?: string;
  }[];
  /** Rungs that have fired. */
  readonly escalated: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly expiresAt: string;
  /** An approval stays one, whatever becomes of it. */
  readonly decidedAs: Decision['outcome'] | null;
  readonly decidedAt: string | null;
  readonly decidedBy: string | null;
  readonly decidedHow: Decision['how'] | null;
  readonly decisionNote: string | null;
  readonly previousRequestId: string | null;
  readonly rootRequestId: string;
  readonly externalId: string | null;
  readonly revision: number;
  /** Of the request's newest event. */
  readonly position: string;
}

/** Without `steps` they are the caller's own, in the parameters. */
export type RequestPlan = Omit<Plan, 'planHash'>;

/** A row, and beside it the rules of its plan, JSON. */
export interface Stored extends StoredRow {
  readonly plan_rules: string | null;
}

/** The beginning of every SELECT of such rows. */
export const WITH_RULES =
  'SELECT requests.*, plans.body AS plan_rules FROM requests LEFT JOIN plans USING (plan_id)';

/** @param now RFC 3339 UTC with milliseconds, which compares as text */
export function toRequestRow(stored: Stored, now: string): RequestRow {
  return {
    requestId: stored.request_id,
    tenant: stored.tenant,
    status: stored.lapses_at !== null && stored.lapses_at <= now ? 'expired' : stored.status,
    channel: stored.channel,
    action: stored.action,
    policyKey: stored.policy_key,
    policyHash: stored.policy_hash,
    requester: stored.requester,
    owner: stored.owner,
    onBehalfOf: stored.on_behalf_of,
    justification: stored.justification,
    params: stored.params,
    paramsHash: stored.params_hash,
    planRevision: stored.plan_revision,
    ...planned(stored),
    stage: stored.stage,
    stageName: stored.stage_name,
    personasMissing: JSON.parse(stored.personas_missing) as string[],
    approvals: (JSON.parse(stored.approvals) as Given[]).map(({ fills: _fills, ...given }) => given),
    escalated: stored.escalated,
    createdAt: stored.created_at,
    updatedAt: stored.updated_at,
    expiresAt: stored.expires_at,
    decidedAs: outcomeOf(stored),
    decidedAt: stored.decided_at,
    decidedBy: stored.decided_by,
    decidedHow: stored.decided_how,
    decisionNote: stored.decision_note,
    previousRequestId: stored.previous_request_id,
    rootRequestId: stored.root_request_id,
    externalId: stored.external_id,
    revision: stored.revision,
    position: stored.position,
  };
}

function planned(stored: Stored): Pick<RequestRow, 'plan' | 'dispatch' | 'validUntil'> {
  if (stored.plan === null || stored.plan_rules === null) return NO_PLAN;
  const rules = JSON.parse(stored.plan_rules) as PlanRules;
  const kept = JSON.parse(stored.plan) as StoredPlan;
  const approvedAt = outcomeOf(stored) === 'approved' ? stored.decided_at : null;
  const { validForSec } = rules;
  return {
    plan: { ...rules, ...(kept.notBefore !== undefined && { notBefore: kept.notBefore }) },
    dispatch: wholeDispatch(kept, rules, stored.params),
    validUntil: approvedAt !== null && validForSec ? lapseOf(approvedAt, validForSec) : null,
  };
}

const NO_PLAN = { plan: null, dispatch: null, validUntil: null } as const;
