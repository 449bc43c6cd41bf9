import { z } from 'zod';

/**
 * The slate: who may acknowledge, who may approve and how many are needed, resolved from the policy when the
 * request was created and frozen in its first event. A later policy never rewrites it.
 */

/** People who fit a place: named users, members of groups, whoever's token claims a group, or any admin. */
export const SourceSchema = z.strictObject({
  /** How people read it: `sre`, `sre or security`, `alice`, `any admin`. */
  label: z.string(),
  users: z.array(z.string()),
  groups: z.array(z.strictObject({ name: z.string(), members: z.array(z.string()) })),
  claims: z.array(z.string()),
  admins: z.boolean(),
});
export type Source = z.infer<typeof SourceSchema>;

export const PersonaSchema = z.strictObject({ name: z.string(), from: SourceSchema });
export type Persona = z.infer<typeof PersonaSchema>;

/** `min` places, each to be filled by a different person of `from`. */
export const RequirementSchema = z.strictObject({ from: SourceSchema, min: z.int().min(1) });
export type Requirement = z.infer<typeof RequirementSchema>;

export const StageSchema = z.strictObject({ name: z.string(), require: z.array(RequirementSchema).min(1) });
export type Stage = z.infer<typeof StageSchema>;

export const OverrideRulesSchema = z.strictObject({
  /** Top-level parameter keys that an approver may edit. */
  keys: z.array(z.string()),
  /** Of these, the ones whose edit leaves earlier approvals standing. */
  nonMaterial: z.array(z.string()),
  /** JSON Schema (draft 2020-12) of the action's parameters; frozen here so that no other file is needed to judge. */
  schema: z.record(z.string(), z.json()).optional(),
});
export type OverrideRules = z.infer<typeof OverrideRulesSchema>;

export const SlateSchema = z.strictObject({
  personas: z.array(PersonaSchema),
  /** In order. Empty means that nobody needs to approve. */
  stages: z.array(StageSchema),
  /** So many distinct denials end the request. */
  denyThreshold: z.int().min(1),
  superApprovers: z.array(z.string()),
  allowSelfApproval: z.boolean(),
  overrides: OverrideRulesSchema.optional(),
});
export type Slate = z.infer<typeof SlateSchema>;

export const EscalationSchema = z.strictObject({
  /** 0-based, in order of time. */
  rung: z.int().min(0),
  /** RFC 3339, UTC, milliseconds. */
  at: z.string(),
  notify: z.array(z.string()),
});
export type Escalation = z.infer<typeof EscalationSchema>;
