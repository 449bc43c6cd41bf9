import { z } from 'zod';
import { dispatchEventSchemas } from '../dispatch/events.ts';
import { PlanSchema, PlanStepSchema } from '../dispatch/plan.ts';
import { ActorSchema } from './actor.ts';
import { EscalationSchema, SlateSchema } from './slate.ts';

/**
 * The events of one approval request, stream `approval-<requestId>`. Every body says when (`at`, RFC 3339 UTC with
 * milliseconds) and by whom; the metadata beside it is technical only. Shapes are storage formats: a change is a
 * new schemaVersion with an upcast, never an edit.
 */

const at = z.string();
const hash = z.templateLiteral(['sha256:', z.string()]);
const params = z.record(z.string(), z.json());

/** What was asked, the frozen slate, and every deadline. Always the first event. */
export const ApprovalRequested = z.strictObject({
  requestId: z.string(),
  tenant: z.string(),
  at,
  by: ActorSchema,
  /** Owner of the API key that asked. */
  owner: z.string().optional(),
  onBehalfOf: z.string().optional(),
  /** As the caller wrote it. */
  action: z.string(),
  /** The policy's key that matched it; what metrics are labelled with. */
  policyKey: z.string(),
  policyHash: hash,
  /** Redacted and personal values are sealed: `{ "$hmac": … }`, and `{ "$hmac": …, "$sealed": … }`. */
  params,
  /** Over `params` with every `$sealed` left out: what people approve and what is dispatched. */
  paramsHash: hash,
  justification: z.string().optional(),
  /** The caller's own data, given back in answers and callbacks. */
  state: z.json().optional(),
  /** Called when the request is decided. */
  callbackUrl: z.string().optional(),
  /** `guard` or `gate`: which of the two ways in. */
  channel: z.enum(['guard', 'gate']),
  /** The caller's own id of a gate request. */
  externalId: z.string().optional(),
  previousRequestId: z.string().optional(),
  /** First request of the chain of repeats; its own id when it repeats none. */
  rootRequestId: z.string(),
  /** Digest of the caller's body, when an idempotency key was given; keyed when the body held sealed values. */
  bodyDigest: z.string().optional(),
  slate: SlateSchema,
  expiresAt: at,
  escalations: z.array(EscalationSchema),
  /** Since version 2. Where Slack is told of the request, as the policy writes the channel; absent: not at all. */
  slack: z.strictObject({ channel: z.string() }).optional(),
  /** Since version 2. What is carried out once it is approved; absent: nothing. */
  dispatch: PlanSchema.optional(),
  /**
   * Since version 2. Who else has to be told of the decision, as the trusted way in says on which the request came; beside
   * `callbackUrl`, which is the caller's.
   */
  closing: PlanStepSchema.optional(),
});

export const PersonaAcknowledged = z.strictObject({ at, by: ActorSchema, persona: z.string() });

export const PersonaAcknowledgementWithdrawn = z.strictObject({ at, by: ActorSchema, persona: z.string() });

export const ApprovalGranted = z.strictObject({
  at,
  by: ActorSchema,
  /** Index into the slate's stages. */
  stage: z.int().min(0),
  /** Indices into the stage's requirements whose places this person fits. */
  fills: z.array(z.int().min(0)),
  /** A super-approver's vote, which fits any place. */
  superApprover: z.boolean(),
  /** The hash the approver was shown; null when the decision did not say (unbound). */
  paramsHash: hash.nullable(),
  note: z.string().optional(),
});

export const DenialGiven = z.strictObject({
  at,
  by: ActorSchema,
  stage: z.int().min(0),
  paramsHash: hash.nullable(),
  note: z.string().optional(),
});

/** All places of a stage are filled, by different people. */
export const StageCompleted = z.strictObject({
  at,
  /** Whose vote, or acknowledgement, completed it. */
  by: ActorSchema,
  stage: z.int().min(0),
  name: z.string(),
  approvers: z.array(z.string()),
});

export const RequestApproved = z.strictObject({
  at,
  by: ActorSchema,
  approvers: z.array(z.string()),
  paramsHash: hash,
  /** Since version 2. Of the plan that may be dispatched now; absent where the request has none. */
  planHash: hash.optional(),
  how: z.enum(['votes', 'automatic', 'break-glass']),
  note: z.string().optional(),
});

export const RequestDenied = z.strictObject({
  at,
  by: ActorSchema,
  how: z.enum(['votes', 'break-glass']),
  note: z.string().optional(),
});

export const RequestCancelled = z.strictObject({ at, by: ActorSchema, reason: z.string().optional() });

/** `at` is when it was noticed, `expiresAt` when it happened. */
export const RequestExpired = z.strictObject({ at, by: ActorSchema, expiresAt: at });

export const RequestEscalated = z.strictObject({
  at,
  by: ActorSchema,
  rung: z.int().min(0),
  /** When the rung was due. */
  dueAt: at,
  notify: z.array(z.string()),
});

/** An approver's edit: the next revision of the plan. */
export const ParametersOverridden = z.strictObject({
  at,
  by: ActorSchema,
  /** 1 for the first edit. */
  planRevision: z.int().min(1),
  params,
  paramsHash: hash,
  diff: z.array(z.strictObject({ key: z.string(), from: z.json().optional(), to: z.json() })),
  /** Material edits void the approvals given before. */
  material: z.boolean(),
});

/** A forced decision; `RequestApproved` or `RequestDenied` follows in the same append. Open until reviewed. */
export const BreakGlassInvoked = z.strictObject({
  at,
  by: ActorSchema,
  status: z.enum(['approved', 'denied']),
  reason: z.string(),
  /** Everybody on the slate, who must all be told. */
  notify: z.array(z.string()),
});

export const BreakGlassReviewed = z.strictObject({ at, by: ActorSchema, note: z.string().optional() });

export const approvalEventSchemas = {
  ApprovalRequested,
  PersonaAcknowledged,
  PersonaAcknowledgementWithdrawn,
  ApprovalGranted,
  DenialGiven,
  StageCompleted,
  RequestApproved,
  RequestDenied,
  RequestCancelled,
  RequestExpired,
  RequestEscalated,
  ParametersOverridden,
  BreakGlassInvoked,
  BreakGlassReviewed,
  ...dispatchEventSchemas,
} as const;

type Schemas = typeof approvalEventSchemas;
export type ApprovalEventType = keyof Schemas;
export type ApprovalEvent = {
  [T in ApprovalEventType]: { readonly type: T; readonly data: Readonly<z.infer<Schemas[T]>> };
}[ApprovalEventType];
export type ApprovalEventOf<T extends ApprovalEventType> = Extract<ApprovalEvent, { type: T }>;
