import { z } from 'zod';

/**
 * Who was told outside that a request is decided, stream `closing-<requestId>`. Kept apart from the request's own stream:
 * nothing here decides anything about the request. Each call is on the record before it is made, and again when its
 * outcome is known. Errors and results are bounded and hold no secrets.
 */

/** `callback`: the caller's own `callbackUrl`. `closing`: what the way in, such as a webhook of GitHub's, wants told. */
export const CLOSING_NAMES = ['callback', 'closing'] as const;
export type ClosingName = (typeof CLOSING_NAMES)[number];

const at = z.string();
const call = z.enum(CLOSING_NAMES);
/** 1 for the first try of the call. */
const nth = z.int().min(1);

/** The claim: one instance is about to make the call. Others keep away until it is recorded or the lease is over. */
export const ClosingStarted = z.strictObject({
  requestId: z.string(),
  tenant: z.string(),
  at,
  call,
  try: nth,
  connector: z.string(),
  operation: z.string(),
  /** A UUID, the same for every try of the call: a webhook's receiver knows it as `webhook-id`. */
  idempotencyKey: z.string(),
  /** One id for each start of a process. */
  instance: z.string(),
  /** End of the lease. */
  until: at,
});

/** Whoever waited outside has been told. */
export const ClosingSucceeded = z.strictObject({
  at,
  call,
  try: nth,
  /** What the connector tells. `$cut` names members that were too large to be kept. */
  result: z.record(z.string(), z.json()),
  /** True when an earlier try had done it, and its answer was lost. */
  reconciled: z.boolean(),
});

/** The try came to nothing, as far as is known. Without `retryAt` the call is given up. */
export const ClosingFailed = z.strictObject({
  at,
  call,
  try: nth,
  error: z.string(),
  /** True when this try, or one before it, may have been carried out: that is asked before anything is sent again. */
  outcomeUnknown: z.boolean(),
  retryAt: at.optional(),
});

export const closingEventSchemas = { ClosingStarted, ClosingSucceeded, ClosingFailed } as const;

type Schemas = typeof closingEventSchemas;
export type ClosingEvent = {
  [T in keyof Schemas]: { readonly type: T; readonly data: Readonly<z.infer<Schemas[T]>> };
}[keyof Schemas];
export type ClosingEventOf<T extends ClosingEvent['type']> = Extract<ClosingEvent, { type: T }>;
