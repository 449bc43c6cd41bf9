import { canonicalJson } from '@countersign/domain';
import { z } from 'zod';

/** Fields that several bodies and queries have in common. */

const MAX_TEXT = 4000;
const MAX_STATE_BYTES = 4096;

export const FreeText = z.string().max(MAX_TEXT);

export const Verdict = z
  .enum(['approved', 'rejected', 'denied'])
  .meta({ description: '`denied` is another word for `rejected`' });

/** What the ledger calls a verdict. */
export function outcomeOf(verdict: z.output<typeof Verdict>): 'approved' | 'denied' {
  return verdict === 'approved' ? 'approved' : 'denied';
}

/** Bodies are JSON already, whatever their depth: only that this is an object has to be looked at. */
export const JsonObjectField = z.looseObject({});

/** The caller's own data, given back as it came. */
export const StateField = z
  .unknown()
  .refine((state) => Buffer.byteLength(canonicalJson(state)) <= MAX_STATE_BYTES, {
    error: `must have at most ${MAX_STATE_BYTES} bytes as JSON`,
  })
  .meta({ description: `any JSON of at most ${MAX_STATE_BYTES} bytes` });

/** As the header `Idempotency-Key`. */
export const IdempotencyField = z
  .string()
  .regex(/^[\x20-\x7e]{1,255}$/, 'must be 1 to 255 printable ASCII characters');

export const HashField = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);

export const RequestIdParam = z.string().meta({ description: "the request's id" });

const digits = (max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((n) => n <= max, { error: `must be at most ${max}` });

export const LimitQuery = digits(200).refine((n) => n >= 1, { error: 'must be at least 1' });
export const OffsetQuery = digits(999_999_999);

/** Positions are opaque; this only keeps nonsense out of a comparison. */
export const PositionQuery = z
  .string()
  .regex(/^[A-Za-z0-9_.:/-]{1,100}$/, 'must be a position that an answer gave');

/** Any RFC 3339 time, as the one form that compares as text. */
export const InstantQuery = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2025-01-31T12:00:00Z' })
  .transform((text) => new Date(text).toISOString());
