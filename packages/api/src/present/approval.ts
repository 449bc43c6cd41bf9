import type { Known } from '@countersign/application';
import { type Approval, type JsonObject, type Status, statusOf, validUntil } from '@countersign/domain';
import type { GateStatus, PresentedApproval } from './approval-schema.ts';
import { approversOf, asSeenAt, decisionOf, personasOf, progressOf } from './parts.ts';
import { gatePlanFields, type Planned, stepsOf } from './plan.ts';

/**
 * A request as `/api/approvals/:id` and the answers of its commands show it.
 * @param now RFC 3339; past the deadline the request reads expired, whether or not that has been recorded
 * @param params as `openedParams` gives them
 */
export function presentApproval(known: Known, now: string, params: JsonObject): PresentedApproval {
  const approval = asSeenAt(known.approval, now);
  const { request, decision, paramsHash } = approval;
  const exact = statusOf(approval);
  const planned = plannedOf(approval, params);
  return {
    approvalId: request.requestId,
    requestId: request.externalId ?? request.requestId,
    approval_status: gateStatus(exact === 'awaiting_personas' ? 'pending' : exact),
    status: gateStatus(exact),
    approver_id: decidingPerson(approval),
    approval_note: noteOf(approval),
    action: request.action,
    params,
    created_at: request.at,
    updated_at: approval.updatedAt,
    expires_at: request.expiresAt,
    ...gatePlanFields(planned),
    steps: planned ? stepsOf(planned) : [],
    dispatch: dispatchingOf(approval),
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

/** What of a request has to do with its plan; null where it has none. @param params as `openedParams` gives them */
export function plannedOf({ request, dispatch }: Approval, params: JsonObject): Planned | null {
  const { requestId, dispatch: plan } = request;
  return plan && dispatch ? { requestId, plan, dispatch, params } : null;
}

function dispatchingOf(approval: Approval): PresentedApproval['dispatch'] {
  const { request, dispatch } = approval;
  if (!request.dispatch || !dispatch) return null;
  const { mode, notBefore = null } = request.dispatch;
  return {
    mode,
    notBefore,
    validUntil: validUntil(approval),
    approvedPlanHash: dispatch.approvedPlanHash,
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
