import type { Known } from '@countersign/application';
import type { Json, JsonObject } from '@countersign/domain';
import { statusOf } from '@countersign/domain';
import { z } from 'zod';
import { approversOf, asSeenAt, decisionOf, personasOf, progressOf } from './parts.ts';
import {
  AnyJson,
  ApproverSchema,
  DecisionSchema,
  Instant,
  Params,
  PersonaProgressSchema,
  ProgressSchema,
  StatusSchema,
} from './shapes.ts';

/** What `GET /api/guard/wait` answers and every `state` event of its stream holds. */
export const GuardStateSchema = z
  .strictObject({
    requestId: z.string(),
    status: StatusSchema,
    revision: z.int(),
    decision: DecisionSchema.optional(),
    approvers: z.array(ApproverSchema),
    personas: z.array(PersonaProgressSchema),
    progress: ProgressSchema,
    expiresAt: Instant,
    params: Params,
    state: AnyJson.optional(),
  })
  .meta({ id: 'GuardState' });
export type GuardState = z.infer<typeof GuardStateSchema>;

/**
 * A request as its waiter sees it.
 * @param now RFC 3339; past the deadline the request reads expired, whether or not that has been recorded
 * @param params as `openedParams` gives them
 */
export function presentGuardState(known: Known, now: string, params: JsonObject): GuardState {
  const approval = asSeenAt(known.approval, now);
  const { request } = approval;
  const state: Json | undefined = request.state;
  return {
    requestId: request.requestId,
    status: statusOf(approval),
    revision: known.revision,
    ...(approval.decision && { decision: decisionOf(approval.decision) }),
    approvers: approversOf(approval),
    personas: personasOf(approval),
    progress: progressOf(approval),
    expiresAt: request.expiresAt,
    params,
    ...(state !== undefined && { state }),
  };
}
