import type { Status, Via } from '@countersign/domain';
import type { Given } from '../life.ts';
import type { Stored } from './table.ts';

/** A request as readers of the view get it. Times are RFC 3339 UTC with milliseconds. */
export interface RequestRow {
  readonly requestId: string;
  readonly tenant: string;
  /** As of the reader's `now`: an undecided request past its deadline reads `expired`. */
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
  readonly decidedAt: string | null;
  readonly decidedBy: string | null;
  readonly decidedHow: Stored['decided_how'];
  readonly decisionNote: string | null;
  readonly previousRequestId: string | null;
  readonly rootRequestId: string;
  readonly externalId: string | null;
  readonly revision: number;
  /** Of the request's newest event. */
  readonly position: string;
}

/** @param now RFC 3339 UTC with milliseconds, which compares as text */
export function toRequestRow(stored: Stored, now: string): RequestRow {
  return {
    requestId: stored.request_id,
    tenant: stored.tenant,
    status: stored.is_open && stored.expires_at <= now ? 'expired' : stored.status,
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
    stage: stored.stage,
    stageName: stored.stage_name,
    personasMissing: JSON.parse(stored.personas_missing) as string[],
    approvals: (JSON.parse(stored.approvals) as Given[]).map(({ fills: _fills, ...given }) => given),
    escalated: stored.escalated,
    createdAt: stored.created_at,
    updatedAt: stored.updated_at,
    expiresAt: stored.expires_at,
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
