import { z } from 'zod';
import { VIAS } from '../principal.ts';

/** Who did something, as every event's body says it. */
export const ActorSchema = z.strictObject({
  sub: z.string(),
  kind: z.enum(['human', 'machine', 'system']),
  via: z.enum(VIAS),
});
