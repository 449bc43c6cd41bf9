import { z } from 'zod';

/**
 * What Slack was told of one request, stream `slack-<requestId>`, and which signed calls of Slack were taken, stream
 * `signature-<digest>`. Kept apart from the request's own stream: nothing here decides anything about the request.
 */

const at = z.string();

/** One call that must happen once: a message, a reply in its thread, a direct message, a notice elsewhere. */
export const SlackItemSchema = z.strictObject({
  /** Unique within the request: `message`, `reply@<revision>`, `direct@<revision>/<person>`, `notice@<revision>/<channel>`. */
  key: z.string(),
  /** Channel as the policy writes it, or `team id/user id` of a person. */
  to: z.string(),
});

/**
 * One instance takes it on itself to tell Slack everything up to a revision. Others keep away until the lease ends;
 * whoever comes then asks Slack which of the items were sent before it sends any.
 */
export const SlackDeliveryClaimed = z.strictObject({
  requestId: z.string(),
  tenant: z.string(),
  at,
  /** The instance, one id for each start of a process. */
  by: z.string(),
  /** End of the lease. */
  until: at,
  /** Revision of the request's stream up to which this delivery tells. */
  upTo: z.int().min(0),
  /** In the order in which they are sent; redrawing the message is no item, since it may be done twice. */
  items: z.array(SlackItemSchema),
});

/** Slack has the item: its answer said so, or it was found there afterwards. */
export const SlackItemSent = z.strictObject({
  at,
  key: z.string(),
  /** Slack's id of the channel. */
  channel: z.string(),
  /** Slack's id of the message within the channel. */
  ts: z.string(),
  /** True when an earlier try had sent it and its answer was lost. */
  found: z.boolean(),
});

/** Slack will never take the item; its error code says why. */
export const SlackItemGivenUp = z.strictObject({ at, key: z.string(), error: z.string() });

/** Slack knows everything up to the revision; ends the claim. */
export const SlackDelivered = z.strictObject({ at, upTo: z.int().min(0) });

/** A signed call was taken. The same signature again finds this stream and is refused, wherever and whenever. */
export const SignedCallAccepted = z.strictObject({
  at,
  from: z.literal('slack'),
  /** SHA-256 of the signature, so that the ledger holds nothing that could be sent again. */
  digest: z.templateLiteral(['sha256:', z.string()]),
});

export const slackEventSchemas = {
  SlackDeliveryClaimed,
  SlackItemSent,
  SlackItemGivenUp,
  SlackDelivered,
} as const;
export const signatureEventSchemas = { SignedCallAccepted } as const;

type Schemas = typeof slackEventSchemas;
export type SlackEvent = {
  [T in keyof Schemas]: { readonly type: T; readonly data: Readonly<z.infer<Schemas[T]>> };
}[keyof Schemas];
export type SlackEventOf<T extends SlackEvent['type']> = Extract<SlackEvent, { type: T }>;
export type SignatureEvent = {
  readonly type: 'SignedCallAccepted';
  readonly data: Readonly<z.infer<typeof SignedCallAccepted>>;
};
export type SlackItem = Readonly<z.infer<typeof SlackItemSchema>>;
