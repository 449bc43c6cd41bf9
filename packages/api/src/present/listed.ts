import type { JsonObject } from '@countersign/domain';
import type { RequestRow } from '@countersign/projections';
import { z } from 'zod';
import { gateStatus } from './approval.ts';
import { GateFieldsSchema } from './approval-schema.ts';
import { gatePlanFields, type Planned } from './plan.ts';
import { HashText } from './shapes.ts';

/** A request in a list: the gate's fields, and what a reader needs to choose one. */
export const ListedApprovalSchema = GateFieldsSchema.extend({
  requester: z.string(),
  owner: z.string().optional(),
  onBehalfOf: z.string().optional(),
  justification: z.string().optional(),
  stage: z.string().nullable().meta({ description: 'the stage now asked' }),
  personasMissing: z.array(z.string()),
  approvers: z.array(z.string()),
  previousRequestId: z.string().optional(),
  rootRequestId: z.string(),
  paramsHash: HashText,
  policyHash: HashText,
}).meta({ id: 'ListedApproval' });
export type ListedApproval = z.infer<typeof ListedApprovalSchema>;

/** @param params as `openedParams` gives them */
export function presentRow(row: RequestRow, params: JsonObject): ListedApproval {
  return {
    approvalId: row.requestId,
    requestId: row.externalId ?? row.requestId,
    approval_status: gateStatus(row.status === 'awaiting_personas' ? 'pending' : row.status),
    status: gateStatus(row.status),
    approver_id: row.decidedHow === 'votes' || row.decidedHow === 'break-glass' ? row.decidedBy : null,
    approval_note: noteOf(row),
    action: row.action,
    params,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    expires_at: row.expiresAt,
    ...gatePlanFields(plannedOf(row, params)),
    decision: decisionOf(row),
    revision: row.revision,
    position: row.position,
    requester: row.requester,
    ...optional(row),
    stage: row.decidedAt === null ? row.stageName : null,
    personasMissing: [...row.personasMissing],
    approvers: row.approvals.map((approval) => approval.sub),
    rootRequestId: row.rootRequestId,
    paramsHash: row.paramsHash,
    policyHash: row.policyHash,
  };
}

function plannedOf({ requestId, plan, dispatch }: RequestRow, params: JsonObject): Planned | null {
  return plan && dispatch ? { requestId, plan, dispatch, params } : null;
}

function optional({ owner, onBehalfOf, justification, previousRequestId }: RequestRow) {
  return {
    ...(owner !== null && { owner }),
    ...(onBehalfOf !== null && { onBehalfOf }),
    ...(justification !== null && { justification }),
    ...(previousRequestId !== null && { previousRequestId }),
  };
}

/** An approval by votes carries no note of its own; the last vote's tells why. */
function noteOf({ decisionNote, decidedBy, approvals }: RequestRow): string | null {
  if (decidedBy === null) return null;
  return decisionNote ?? approvals.findLast((approval) => approval.sub === decidedBy)?.note ?? null;
}

/** Past its deadline a request reads expired, even while no event says so. */
function decisionOf(row: RequestRow): ListedApproval['decision'] {
  const { status, decidedAs, decidedBy, decidedAt, decisionNote, expiresAt } = row;
  if (decidedAs === null || decidedBy === null || decidedAt === null) {
    return status === 'expired' ? { outcome: 'expired', by: 'timer', at: expiresAt } : null;
  }
  return {
    outcome: decidedAs,
    by: decidedBy,
    at: decidedAt,
    ...(decisionNote !== null && { note: decisionNote }),
  };
}
