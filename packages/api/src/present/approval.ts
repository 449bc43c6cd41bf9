import type { Known } from '@countersign/application';
import { type Approval, type JsonObject, type Status, statusAt } from '@countersign/domain';
import type { GateStatus, PresentedApproval } from './approval-schema.ts';
import { approversOf, asSeenAt, decisionOf, personasOf, progressOf } from './parts.ts';

/**
 * A request as `/api/approvals/:id` and the answers of its commands show it.
 * @param now RFC 3339; past the deadline the request reads expired, whether or not that has been recorded
 * @param params as `openedParams` gives them
 */
export function presentApproval(known: Known, now: string, params: JsonObject): PresentedApproval {
  const approval = asSeenAt(known.approval, now);
  const { request, decision, paramsHash } = approval;
  const exact = statusAt(approval, now);
  return {
    approvalId: request.requestId,
    requestId: request.externalId ?? request.requestId,
    approval_status: gateStatus(exact === 'awaiting_personas' ? 'pending' : exact),
    status: gateStatus(exact),
    approver_id: decidingPerson(approval),
    approval_note: noteOf(approval),
    action: request.action,
    params,
    plan: null,
    plan_hash: paramsHash,
    created_at: request.at,
    updated_at: approval.updatedAt,
    expires_at: request.expiresAt,
    dispatched_at: null,
    dispatch_result_json: null,
    decision: decision && decisionOf(decision),
    revision: known.revision,
    position: known.position,
    audit: {
      policy_hash: request.policyHash,
      payload_hash: paramsHash,
      decision: decision?.outcome ?? null,
      approvers: approval.approvals.map((vote) => vote.by),
    },
    ...askedBy(approval),
    policyHash: request.policyHash,
    paramsHash,
    planRevision: approval.planRevision,
    approvers: approversOf(approval),
    denials: denialsOf(approval),
    personas: personasOf(approval),
    progress: progressOf(approval),
    requirements: request.slate,
    escalateAt: request.escalations.map((rung) => rung.at),
    escalated: [...approval.escalated],
    breakGlass: breakGlassOf(approval),
  };
}

export function gateStatus(status: Status): GateStatus {
  return status === 'denied' ? 'rejected' : status;
}

function askedBy({ request }: Approval) {
  const { owner, onBehalfOf, justification, state, callbackUrl, previousRequestId } = request;
  return {
    tenant: request.tenant,
    requester: request.by,
    ...(owner !== undefined && { owner }),
    ...(onBehalfOf !== undefined && { onBehalfOf }),
    ...(justification !== undefined && { justification }),
    ...(state !== undefined && { state }),
    ...(callbackUrl !== undefined && { callbackUrl }),
    ...(previousRequestId !== undefined && { previousRequestId }),
    rootRequestId: request.rootRequestId,
  };
}

/** Nobody decides what expires, is taken back, or needs no approval. */
function decidingPerson({ decision }: Approval): string | null {
  return decision?.how === 'votes' || decision?.how === 'break-glass' ? decision.by : null;
}

/** An approval by votes carries no note of its own; the last vote's tells why. */
function noteOf({ decision, approvals }: Approval): string | null {
  if (!decision) return null;
  return decision.note ?? approvals.findLast((vote) => vote.by === decision.by)?.note ?? null;
}

function denialsOf({ denials, request }: Approval): PresentedApproval['denials'] {
  return denials.map(({ by, at, stage, note }) => ({
    sub: by,
    at,
    stage: request.slate.stages[stage]?.name ?? String(stage),
    ...(note !== undefined && { note }),
  }));
}

function breakGlassOf({ breakGlass }: Approval): PresentedApproval['breakGlass'] {
  if (!breakGlass) return null;
  const { by, at, status, reason, review } = breakGlass;
  return { by, at, status: status === 'denied' ? 'rejected' : 'approved', reason, review };
}
