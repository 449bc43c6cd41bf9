import { z } from 'zod';
import { ActorSchema } from '../approval/actor.ts';

/**
 * Stream `attempt-<requestId>`: who tried what they may not. Kept apart from the request's own stream, so that
 * nobody can grow or lock that one by trying.
 */
export const UnauthorizedAttempted = z.strictObject({
  at: z.string(),
  by: ActorSchema,
  requestId: z.string(),
  tenant: z.string(),
  /** The command's name. */
  command: z.string(),
  /** The refusal's code: the rule that stopped it. */
  rule: z.string(),
});

export const attemptEventSchemas = { UnauthorizedAttempted } as const;
export type AttemptEvent = {
  readonly type: 'UnauthorizedAttempted';
  readonly data: Readonly<z.infer<typeof UnauthorizedAttempted>>;
};
