import type { SlackEvent, SlackEventOf, SlackItem } from './events.ts';

/** What Slack has been told of one request, and who is telling it. */
export interface SlackDelivery {
  /** The delivery under way or interrupted; null when everything claimed was delivered. */
  readonly claim: SlackEventOf<'SlackDeliveryClaimed'>['data'] | null;
  /** By key; of all deliveries. */
  readonly sent: Readonly<Record<string, { readonly channel: string; readonly ts: string }>>;
  readonly givenUp: readonly string[];
  /** Revision of the request's stream that Slack knows; -1 before the first delivery. */
  readonly deliveredTo: number;
}

export const initialDelivery: SlackDelivery = { claim: null, sent: {}, givenUp: [], deliveredTo: -1 };

export interface ClaimDelivery {
  readonly requestId: string;
  readonly tenant: string;
  readonly now: string;
  readonly by: string;
  readonly until: string;
  readonly upTo: number;
  readonly items: readonly SlackItem[];
}

/**
 * - `taken`: go on. What an interrupted delivery had claimed is claimed again as it was, `upTo` and items, so that the
 *   items that may have been sent are known.
 * - `held`: another instance is at it until its lease ends.
 * - `done`: Slack knows it already.
 */
export type ClaimOutcome =
  | { readonly outcome: 'taken'; readonly events: readonly SlackEvent[] }
  | { readonly outcome: 'held'; readonly until: string; readonly events: readonly [] }
  | { readonly outcome: 'done'; readonly events: readonly [] };
