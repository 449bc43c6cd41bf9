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

/** One more event of stream `slack-<requestId>`. */
export function evolveDelivery(state: SlackDelivery, event: SlackEvent): SlackDelivery {
  switch (event.type) {
    case 'SlackDeliveryClaimed':
      return { ...state, claim: event.data };
    case 'SlackItemSent': {
      const { key, channel, ts } = event.data;
      return { ...state, sent: { ...state.sent, [key]: { channel, ts } } };
    }
    case 'SlackItemGivenUp':
      return { ...state, givenUp: [...state.givenUp, event.data.key] };
    case 'SlackDelivered':
      return { ...state, claim: null, deliveredTo: event.data.upTo };
  }
}

/**
 * Takes a delivery on, or what is left of an interrupted one. The holder may claim again before its lease ends, and so
 * renews it; anybody else waits for the end. Leases are compared by the clocks of those who claim.
 */
export function decideClaim(command: ClaimDelivery, { claim, deliveredTo }: SlackDelivery): ClaimOutcome {
  const { requestId, tenant, now, by, until } = command;
  if (claim && claim.by !== by && claim.until > now)
    return { outcome: 'held', until: claim.until, events: [] };
  if (!claim && command.upTo <= deliveredTo) return { outcome: 'done', events: [] };
  const { upTo, items } = claim ?? command;
  const data = { requestId, tenant, at: now, by, until, upTo, items: [...items] };
  return { outcome: 'taken', events: [{ type: 'SlackDeliveryClaimed', data }] };
}

/**
 * Records what became of a claimed item, or that all was delivered; nothing where that is recorded already. A holder
 * whose lease has run out may still record while nobody else has claimed: what it tells has happened all the same.
 * `lost` to whoever does not hold what it tells of, and must therefore send nothing more.
 */
export function decideRecord(
  event: Exclude<SlackEvent, { type: 'SlackDeliveryClaimed' }>,
  by: string,
  { claim, sent, givenUp, deliveredTo }: SlackDelivery,
): { readonly events: readonly SlackEvent[] } | 'lost' {
  if (!claim && event.type === 'SlackDelivered' && event.data.upTo <= deliveredTo) return { events: [] };
  if (claim?.by !== by) return 'lost';
  if (event.type === 'SlackDelivered') return event.data.upTo === claim.upTo ? { events: [event] } : 'lost';
  const { key } = event.data;
  if (Object.hasOwn(sent, key) || givenUp.includes(key)) return { events: [] };
  return claim.items.some((item) => item.key === key) ? { events: [event] } : 'lost';
}
