import { z } from 'zod';
import { ActorSchema } from '../approval/actor.ts';

/**
 * How an approved request was carried out: events of its own stream, `approval-<requestId>`. A dispatch is claimed by
 * appending at the revision that was loaded, and holds a lease; each of its steps is on the record before its connector
 * is called, and again when the outcome is known. Errors and results are bounded and hold no secrets.
 */

const at = z.string();
const hash = z.templateLiteral(['sha256:', z.string()]);
/** 1 for the first dispatch of the request. */
const dispatch = z.int().min(1);
/** Index into the plan's steps. */
const step = z.int().min(0);

/** The claim: one instance carries the plan out, from its first step that has not succeeded. */
export const DispatchStarted = z.strictObject({
  at,
  by: ActorSchema,
  dispatch,
  planHash: hash,
  /** One id for each start of a process. */
  instance: z.string(),
  /** End of the lease. */
  until: at,
});

/** The lease was over: an instance, the same or another, goes on with the dispatch. */
export const DispatchResumed = z.strictObject({
  at,
  by: ActorSchema,
  dispatch,
  instance: z.string(),
  until: at,
});

/** The connector is about to be called. Written before it is, and extends the lease. */
export const StepStarted = z.strictObject({
  at,
  by: ActorSchema,
  dispatch,
  step,
  /** 1 for the first try of the step in this dispatch. */
  try: z.int().min(1),
  connector: z.string(),
  operation: z.string(),
  /** A UUID, the same for every try of the step in every dispatch of the request. */
  idempotencyKey: z.string(),
  until: at,
});

export const StepSucceeded = z.strictObject({
  at,
  by: ActorSchema,
  dispatch,
  step,
  /** What the connector tells: URLs, ids. `$cut` names members that were too large to be kept. */
  result: z.record(z.string(), z.json()),
  /** True when its answer was lost, and it was found done. */
  reconciled: z.boolean(),
});

/** The step was certainly not carried out. With `retryAt` the same dispatch tries it again; otherwise the dispatch failed. */
export const StepFailed = z.strictObject({
  at,
  by: ActorSchema,
  dispatch,
  step,
  try: z.int().min(1),
  error: z.string(),
  /** What the connector says: it may go better another time. */
  transient: z.boolean(),
  retryAt: at.optional(),
  /** The lease's new end, where waiting for `retryAt` needs a longer one. */
  until: at.optional(),
});

/** Nobody can tell whether the step was carried out. Nothing is sent again until a person has settled it. */
export const StepOutcomeUnknown = z.strictObject({ at, by: ActorSchema, dispatch, step, error: z.string() });

/** A person found out, and says, what became of a step whose outcome was unknown. */
export const StepSettled = z.strictObject({
  at,
  by: ActorSchema,
  step,
  outcome: z.enum(['succeeded', 'failed']),
  note: z.string(),
});

/** Every step of the plan has succeeded. */
export const Dispatched = z.strictObject({ at, by: ActorSchema, dispatch, planHash: hash });

/** The dispatch ended at a step; another one goes on there. */
export const DispatchFailed = z.strictObject({
  at,
  by: ActorSchema,
  dispatch,
  step,
  error: z.string(),
  /** True while nobody can tell whether the step was carried out. */
  outcomeUnknown: z.boolean(),
});

/** The approval was good until `validUntil`, and no dispatch had begun. */
export const ApprovalLapsed = z.strictObject({ at, by: ActorSchema, validUntil: at });

export const dispatchEventSchemas = {
  DispatchStarted,
  DispatchResumed,
  StepStarted,
  StepSucceeded,
  StepFailed,
  StepOutcomeUnknown,
  StepSettled,
  Dispatched,
  DispatchFailed,
  ApprovalLapsed,
} as const;

type Schemas = typeof dispatchEventSchemas;
export type DispatchEventType = keyof Schemas;
export type DispatchEvent = {
  [T in DispatchEventType]: { readonly type: T; readonly data: Readonly<z.infer<Schemas[T]>> };
}[DispatchEventType];
export type DispatchEventOf<T extends DispatchEventType> = Extract<DispatchEvent, { type: T }>;
