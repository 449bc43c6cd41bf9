import { z } from 'zod';

/** Stream `lineage-<rootRequestId>`: the right to repeat a request, reserved before the new request is written. */
export const RepeatReserved = z.strictObject({
  at: z.string(),
  requestId: z.string(),
  previousRequestId: z.string(),
  /** Who repeats. */
  by: z.string(),
});

export const lineageEventSchemas = { RepeatReserved } as const;
export type LineageEvent = {
  readonly type: 'RepeatReserved';
  readonly data: Readonly<z.infer<typeof RepeatReserved>>;
};
