import type { KnownBlock, ModalView } from '@slack/types';

/** Why a call of Slack's Web API did not succeed, as far as it matters to whoever called. Holds no secrets. */
export type CallError =
  /** Slack did not carry it out. `retryAfterSec`: what Slack asked for, a guess where it did not say; at least 1. */
  | { readonly kind: 'rate_limited'; readonly retryAfterSec: number }
  /** Slack answered that it does not do this; `code` is Slack's own error code. */
  | { readonly kind: 'refused'; readonly code: string }
  /** It certainly was not carried out, for a reason that passes: no connection. */
  | { readonly kind: 'not_sent' }
  /** No answer, or one that does not say: it may have been carried out, or may still be until the call's timeout. */
  | { readonly kind: 'unknown' };

export type Called<T = unknown> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly error: CallError };

/** Stands in the metadata of every message that is posted, so that one whose answer was lost is found again. */
export interface ItemMark {
  readonly requestId: string;
  /** Of the item, see `SlackItem`. */
  readonly key: string;
}

export interface Post {
  /** Id, or name with `#`. */
  readonly channel: string;
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  readonly mark: ItemMark;
  /** Posts into the thread of this message. */
  readonly threadTs?: string;
}

/** Where a message is: Slack's ids of its channel and of the message within it. */
export interface Place {
  readonly channel: string;
  readonly ts: string;
}

export interface PageQuery {
  /** Id. */
  readonly channel: string;
  /** Only the replies in the thread of this message. */
  readonly threadTs?: string;
  /** Not older, in seconds since 1970. */
  readonly oldest: number;
  /** From the page before. */
  readonly cursor?: string;
}

/** A message that was found; only what tells whether it is ours. */
export interface FoundMessage {
  readonly ts: string;
  /** Null where it carries no mark of ours. */
  readonly mark: ItemMark | null;
}

export interface SlackUser {
  readonly id: string;
  readonly teamId: string;
  readonly name: string;
  /** Only one that Slack has confirmed. */
  readonly email?: string;
  readonly isBot: boolean;
  readonly isDeleted: boolean;
  /** Not of this workspace (Slack Connect), or a guest in it. */
  readonly isStranger: boolean;
}

/**
 * What this program asks of Slack's Web API. No call throws, takes longer than its timeout, or is repeated by itself
 * (but for the next token where Slack no longer takes one).
 */
export interface Web {
  postMessage(post: Post): Promise<Called<Place>>;
  /** Draws a message anew. */
  update(place: Place, post: Omit<Post, 'channel' | 'threadTs'>): Promise<Called>;
  /** One page of a channel's messages, or of one thread's, with their marks. `cursor` where there is another page. */
  page(
    query: PageQuery,
  ): Promise<Called<{ readonly messages: readonly FoundMessage[]; readonly cursor?: string }>>;
  /**
   * Finds a channel by id or by name (with or without `#`); refused as `channel_not_found` where there is none. By name
   * it takes a call for each page of all the channels there are.
   * @param signal no further page is asked for
   */
  findChannel(channel: string, signal?: AbortSignal): Promise<Called<Channel>>;
  /** The direct channel between the app and a person. */
  openDirect(userId: string): Promise<Called<{ readonly channel: string }>>;
  permalink(place: Place): Promise<Called<{ readonly permalink: string }>>;
  viewsOpen(
    triggerId: string,
    view: ModalView,
  ): Promise<Called<{ readonly viewId: string; readonly hash: string }>>;
  /** @param hash of the view as it was seen; `hash_conflict` when it has changed since */
  viewsUpdate(
    viewId: string,
    view: ModalView,
    hash?: string,
  ): Promise<Called<{ readonly viewId: string; readonly hash: string }>>;
  usersInfo(userId: string): Promise<Called<{ readonly user: SlackUser }>>;
  /** The workspace that the token belongs to; asked once, then remembered. */
  teamId(): Promise<Called<Workspace>>;
  /** Whether Slack takes any of the tokens now. */
  checkTokens(): Promise<Called>;
}

export interface Channel {
  /** Id. */
  readonly channel: string;
  readonly isArchived: boolean;
  /** Whether the app is in it. */
  readonly isMember: boolean;
}

export interface Workspace {
  readonly teamId: string;
  readonly enterpriseId?: string;
}
