import type { PersonId, SlackDelivery, SlackItem } from '@countersign/domain';
import type { Happened } from '../render/types.ts';
import { type Item, keyOf, MESSAGE } from './items.ts';

export interface ToPlan {
  readonly delivery: SlackDelivery;
  /** The request's events from its first one on. */
  readonly history: readonly Happened[];
  /** The request's own channel. */
  readonly channel: string;
  /** `team id/user id` of a person of this workspace. */
  readonly linkOf: (person: PersonId) => string | undefined;
  /** Whether an event is told in the thread. */
  readonly isTold: (happened: Happened) => boolean;
}

export interface DeliveryPlan {
  readonly upTo: number;
  /** In the order in which they are sent. */
  readonly items: readonly SlackItem[];
}

/** More events than that make a further delivery, with a reply of its own. */
export const MAX_TOLD = 20;

/**
 * What Slack is to be told next: everything between what it knows and the newest event. Wherever deliveries are cut,
 * together they tell the same events, each once.
 * @returns null when Slack knows everything
 */
export function planDelivery(input: ToPlan): DeliveryPlan | null {
  const { delivery, channel } = input;
  const untold = input.history.filter(({ revision }) => revision > delivery.deliveredTo);
  const told = untold.filter(input.isTold);
  const last = told[MAX_TOLD - 1] ?? untold.at(-1);
  if (!last) return null;
  const upTo = last.revision;
  const isKnown = (key: string) => Object.hasOwn(delivery.sent, key) || delivery.givenUp.includes(key);
  const items: SlackItem[] = [];
  if (!isKnown(MESSAGE)) items.push({ key: MESSAGE, to: channel });
  // Where there is no message there is no thread.
  if (told.length > 0 && !delivery.givenUp.includes(MESSAGE))
    items.push({ key: keyOf({ kind: 'reply', revision: upTo }), to: channel });
  for (const happened of untold) if (happened.revision <= upTo) items.push(...elsewhere(input, happened));
  return { upTo, items };
}

/** What one event sends to other places than the request's own channel. */
function elsewhere({ history, channel, linkOf }: ToPlan, { event, revision }: Happened): SlackItem[] {
  switch (event.type) {
    case 'RequestEscalated':
      return otherChannels(event.data.notify, channel).map((name) => ({
        key: keyOf({ kind: 'notice', revision, channel: name }),
        to: name,
      }));
    case 'BreakGlassInvoked':
      return directs(event.data.notify, revision, linkOf);
    case 'RequestApproved':
    case 'RequestDenied':
    case 'RequestCancelled':
    case 'RequestExpired':
      return directs(askers(history), revision, linkOf);
    default:
      return [];
  }
}

/** Everybody who counts as having asked. */
function askers(history: readonly Happened[]): PersonId[] {
  const first = history[0]?.event;
  if (first?.type !== 'ApprovalRequested') return [];
  const { by, onBehalfOf, owner } = first.data;
  return [by.sub, onBehalfOf, owner].filter((person) => person !== undefined);
}

/** One for each person of this workspace, however many names lead to them. */
function directs(
  people: readonly PersonId[],
  revision: number,
  linkOf: (person: PersonId) => string | undefined,
): SlackItem[] {
  const items = new Map<string, Item & { kind: 'direct' }>();
  for (const person of people) {
    const link = linkOf(person);
    if (link !== undefined && !items.has(link)) items.set(link, { kind: 'direct', revision, person });
  }
  return [...items].map(([to, item]) => ({ key: keyOf(item), to }));
}

function otherChannels(notify: readonly string[], own: string): string[] {
  const others = notify.filter((entry) => entry.startsWith('#') && bare(entry) !== bare(own));
  return [...new Map(others.map((entry) => [bare(entry), entry])).values()];
}

function bare(channel: string): string {
  return channel.replace(/^#/, '');
}
