import { z } from 'zod';

/** One thing to be done outside, by a connector. */
export const PlanStepSchema = z.strictObject({
  connector: z.string(),
  operation: z.string(),
  input: z.record(z.string(), z.json()),
});

/** What is to be carried out once a request is approved, as the request's first event keeps it. */
export const PlanSchema = z.strictObject({
  /** The policy's steps with their templates, `{{payload.x}}`. Absent: the caller's own steps, `params.steps`, literally. */
  steps: z.array(PlanStepSchema).min(1).optional(),
  /** Of the plan as it was asked for. */
  planHash: z.templateLiteral(['sha256:', z.string()]),
  /** `on-approval`: begins by itself; `manual`: somebody has to begin it. */
  mode: z.enum(['manual', 'on-approval']),
  /** Seconds after the approval within which a dispatch has to begin; absent: no limit. */
  validForSec: z.int().min(1).optional(),
  /** RFC 3339, UTC, milliseconds: no dispatch begins before. */
  notBefore: z.string().optional(),
});
export type Plan = Readonly<z.infer<typeof PlanSchema>>;
