import { ActorSchema } from '@countersign/domain';
import { z } from 'zod';
import { PlanStepSchema, StepResultSchema } from './plan-schema.ts';
import {
  AnyJson,
  ApproverSchema,
  DecisionSchema,
  GateStatusSchema,
  HashText,
  Instant,
  Params,
  PersonaProgressSchema,
  PositionText,
  ProgressSchema,
  SlateSchema,
} from './shapes.ts';

export type GateStatus = z.infer<typeof GateStatusSchema>;

/** The fields that callers of the earlier gate read; lists hold the same ones. */
export const GateFieldsSchema = z.strictObject({
  approvalId: z.string(),
  requestId: z.string().meta({ description: "the caller's own id where one was given" }),
  approval_status: GateStatusSchema.meta({ description: '`pending` includes `awaiting_personas`' }),
  status: GateStatusSchema.meta({ description: 'exact' }),
  approver_id: z.string().nullable().meta({ description: 'the person whose decision it was' }),
  approval_note: z.string().nullable(),
  action: z.string(),
  params: Params,
  plan: z
    .array(PlanStepSchema)
    .nullable()
    .meta({ description: 'what is carried out once it is approved; null: nothing' }),
  plan_hash: HashText.nullable().meta({ description: 'what is approved, and what is dispatched' }),
  created_at: Instant,
  updated_at: Instant,
  expires_at: Instant,
  dispatched_at: Instant.nullable().meta({ description: 'when every step had succeeded' }),
  dispatch_result_json: z
    .string()
    .nullable()
    .meta({ description: 'a DispatchResult; null before the first dispatch' }),
  decision: DecisionSchema.nullable(),
  revision: z.int(),
  position: PositionText,
});

const DenialSchema = z.strictObject({
  sub: z.string(),
  at: Instant,
  stage: z.string(),
  note: z.string().optional(),
});

const BreakGlassSchema = z.strictObject({
  by: z.string(),
  at: Instant,
  status: z.enum(['approved', 'rejected']),
  reason: z.string(),
  review: z.strictObject({ by: z.string(), at: Instant, note: z.string().optional() }).nullable(),
});

const DispatchingSchema = z.strictObject({
  mode: z.enum(['manual', 'on-approval']),
  notBefore: Instant.nullable(),
  validUntil: Instant.nullable().meta({ description: 'until when a dispatch has to begin, once approved' }),
  approvedPlanHash: HashText.nullable(),
});

export const ApprovalSchema = GateFieldsSchema.extend({
  steps: z.array(StepResultSchema).meta({ description: 'how each step of the plan stands' }),
  dispatch: DispatchingSchema.nullable().meta({ description: 'when the plan is carried out' }),
  audit: z.strictObject({
    policy_hash: HashText,
    payload_hash: HashText,
    decision: z.string().nullable(),
    approvers: z.array(z.string()),
  }),
  tenant: z.string(),
  requester: ActorSchema,
  owner: z.string().optional(),
  onBehalfOf: z.string().optional(),
  justification: z.string().optional(),
  state: AnyJson.optional(),
  callbackUrl: z.string().optional(),
  previousRequestId: z.string().optional(),
  rootRequestId: z.string(),
  policyHash: HashText,
  paramsHash: HashText,
  planRevision: z.int(),
  approvers: z.array(ApproverSchema),
  denials: z.array(DenialSchema),
  personas: z.array(PersonaProgressSchema),
  progress: ProgressSchema,
  requirements: SlateSchema,
  escalateAt: z.array(Instant),
  escalated: z.array(z.int()),
  breakGlass: BreakGlassSchema.nullable(),
}).meta({ id: 'Approval' });
export type PresentedApproval = z.infer<typeof ApprovalSchema>;
