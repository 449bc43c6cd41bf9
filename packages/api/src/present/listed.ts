import type { JsonObject } from '@countersign/domain';
import type { RequestRow } from '@countersign/projections';
import { z } from 'zod';
import { gateStatus } from './approval.ts';
import { GateFieldsSchema } from './approval-schema.ts';
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
    plan: null,
    plan_hash: row.paramsHash,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    expires_at: row.expiresAt,
    dispatched_at: null,
    dispatch_result_json: null,
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
  const { status, decidedBy, decidedAt, decisionNote, expiresAt } = row;
  if (decidedBy === null || decidedAt === null) {
    return status === 'expired' ? { outcome: 'expired', by: 'timer', at: expiresAt } : null;
  }
  const outcome = DECIDED.find((decided) => decided === status) ?? 'approved';
  return { outcome, by: decidedBy, at: decidedAt, ...(decisionNote !== null && { note: decisionNote }) };
}

/** What comes after these (a dispatch) comes after an approval. */
const DECIDED = ['approved', 'denied', 'expired', 'cancelled'] as const;
