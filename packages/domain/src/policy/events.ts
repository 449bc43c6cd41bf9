import { z } from 'zod';

/** Stream `policy`: every policy that ever came into force, whole. The last one is in force. */
export const PolicyActivated = z.strictObject({
  at: z.string(),
  by: z.string(),
  /** What led to it. */
  source: z.enum(['start', 'route', 'signal', 'cli']),
  /** Covers the file's bytes and those of its schemas. */
  hash: z.templateLiteral(['sha256:', z.string()]),
  file: z.string(),
  text: z.string(),
  /** JSON Schema files the policy names: path as written there → text. */
  schemas: z.record(z.string(), z.string()),
});

export const policyEventSchemas = { PolicyActivated } as const;
export type PolicyEvent = {
  readonly type: 'PolicyActivated';
  readonly data: Readonly<z.infer<typeof PolicyActivated>>;
};
