import { OverrideRulesSchema, STATUSES, SlateSchema as StoredSlateSchema, VIAS } from '@countersign/domain';
import { z } from 'zod';

/** Shapes that several answers have in common. Answers are described by the same schemas that OpenAPI publishes. */

export const Instant = z.string().meta({ format: 'date-time', description: 'RFC 3339, UTC, milliseconds' });
export const HashText = z.string().meta({ pattern: '^sha256:[0-9a-f]{64}$' });
export const PositionText = z.string().meta({ description: 'a place in the ledger; opaque' });
export const AnyJson = z.unknown().meta({ description: 'any JSON value' });
export const Params = z.record(z.string(), AnyJson);

export const StatusSchema = z.enum(STATUSES);

/** `/api/approvals` writes `rejected` for `denied`. */
export const GateStatusSchema = z.enum([
  'awaiting_personas',
  'pending',
  'approved',
  'rejected',
  'expired',
  'cancelled',
  'dispatching',
  'dispatched',
  'dispatch_failed',
]);

export const DecisionSchema = z.strictObject({
  outcome: z.enum(['approved', 'denied', 'expired', 'cancelled']),
  by: z.string(),
  at: Instant,
  note: z.string().optional(),
});

export const ApproverSchema = z.strictObject({
  sub: z.string(),
  at: Instant,
  stage: z.string().meta({ description: 'name of the stage' }),
  via: z.enum(VIAS),
});

export const PersonaProgressSchema = z.strictObject({
  name: z.string(),
  ackedBy: z.string().optional(),
  at: Instant.optional(),
});

export const ProgressSchema = z.strictObject({
  stages: z.array(
    z.strictObject({
      name: z.string(),
      met: z.boolean(),
      places: z.array(z.strictObject({ from: z.string(), min: z.int(), got: z.int() })),
    }),
  ),
});

/** The frozen slate; the schema of the action's parameters is any JSON Schema. */
export const SlateSchema = StoredSlateSchema.extend({
  overrides: OverrideRulesSchema.extend({ schema: Params.optional() }).optional(),
}).meta({ id: 'Slate' });
