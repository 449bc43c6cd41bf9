import { z } from 'zod';
import { type ApprovalEvent, approvalEventSchemas } from './approval/events.ts';
import { type AttemptEvent, attemptEventSchemas } from './attempt/events.ts';
import { type ClosingEvent, closingEventSchemas } from './closing/events.ts';
import { type LineageEvent, lineageEventSchemas } from './lineage/events.ts';
import { type PolicyEvent, policyEventSchemas } from './policy/events.ts';
import {
  type SignatureEvent,
  type SlackEvent,
  signatureEventSchemas,
  slackEventSchemas,
} from './slack/events.ts';

/** Every event type there is, with the schema of its newest version. Streams: `<category>-<id>`, or `policy`. */
export const catalogue = {
  approval: approvalEventSchemas,
  attempt: attemptEventSchemas,
  lineage: lineageEventSchemas,
  policy: policyEventSchemas,
  slack: slackEventSchemas,
  signature: signatureEventSchemas,
  closing: closingEventSchemas,
} as const;

/**
 * Categories that say what was asked, decided and in force: what readers of the ledger are shown. The others only keep
 * account of what was told to, and taken from, the outside.
 */
export const SHOWN_CATEGORIES = [
  'approval',
  'attempt',
  'lineage',
  'policy',
] as const satisfies readonly (keyof typeof catalogue)[];

export type ShownEvent = ApprovalEvent | AttemptEvent | LineageEvent | PolicyEvent;
export type LedgerEvent = ShownEvent | SlackEvent | SignatureEvent | ClosingEvent;
export type LedgerEventType = LedgerEvent['type'];

export const eventSchemas: Readonly<Record<LedgerEventType, z.ZodType>> = {
  ...approvalEventSchemas,
  ...attemptEventSchemas,
  ...lineageEventSchemas,
  ...policyEventSchemas,
  ...slackEventSchemas,
  ...signatureEventSchemas,
  ...closingEventSchemas,
};

/** What stands beside every event's body: technical facts, no part of any decision. */
export const MetadataSchema = z.strictObject({
  schemaVersion: z.int().min(1),
  /** Belongs to one attempt of one instance. */
  commandId: z.string(),
  /** Follows one piece of work through every command and event it causes. */
  correlationId: z.string(),
  /** W3C trace context of the command. */
  traceparent: z.string().optional(),
});
export type Metadata = Readonly<z.infer<typeof MetadataSchema>>;
