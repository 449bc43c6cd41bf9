import { randomBytes } from 'node:crypto';
import { isObject, type Json } from '../block-kit/place.ts';
import type { Channel, StoredMessage } from './channels.ts';
import type { Selections } from './selections.ts';
import { SlackError } from './slack-error.ts';
import type { Timestamps } from './timestamps.ts';

/** A channel keeps its newest messages only, so that a simulator may run for days. */
export const messagesPerChannel = 5_000;

export interface Draft {
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly metadata?: StoredMessage['metadata'];
  readonly threadTs?: string | undefined;
  readonly isBroadcast?: boolean;
  readonly ephemeralFor?: string;
}

export interface Change {
  readonly text: string;
  readonly blocks: readonly unknown[];
  /** null takes it away, undefined leaves it. */
  readonly metadata?: StoredMessage['metadata'] | null;
}

export interface Messages {
  post(channel: Channel, draft: Draft): StoredMessage;
  /** @throws SlackError message_not_found */
  get(channel: Channel, ts: string): StoredMessage;
  /** @throws SlackError message_not_found */
  update(channel: Channel, ts: string, change: Change): StoredMessage;
  /** @throws SlackError message_not_found */
  remove(channel: Channel, ts: string): void;
}

export function messagesOf(ts: Timestamps, selections: Selections, changed: () => void): Messages {
  const get = (channel: Channel, at: string): StoredMessage => {
    const message = channel.messages.get(at);
    if (!message) throw new SlackError('message_not_found');
    return message;
  };
  const drop = (channel: Channel, at: string): void => {
    channel.messages.delete(at);
    selections.drop(messageKey(channel.id, at));
  };
  return {
    post(channel, draft) {
      const root = draft.threadTs === undefined ? undefined : rootOf(channel, draft.threadTs);
      const message: StoredMessage = {
        channel: channel.id,
        ts: ts.next(),
        text: draft.text,
        blocks: withIds(draft.blocks),
        ...(root && { threadTs: root.ts }),
        ...(root && draft.isBroadcast && { isBroadcast: true }),
        ...(draft.metadata && { metadata: draft.metadata }),
        ...(draft.ephemeralFor !== undefined && { ephemeralFor: draft.ephemeralFor }),
      };
      channel.messages.set(message.ts, message);
      for (const oldest of channel.messages.keys()) {
        if (channel.messages.size <= messagesPerChannel) break;
        drop(channel, oldest);
      }
      changed();
      return message;
    },
    get,
    update(channel, at, change) {
      const { metadata, ...message } = get(channel, at);
      const kept = change.metadata === undefined ? metadata : change.metadata;
      const updated: StoredMessage = {
        ...message,
        text: change.text,
        blocks: withIds(change.blocks),
        editedTs: ts.next(),
        ...(kept && { metadata: kept }),
      };
      channel.messages.set(at, updated);
      selections.keepOnly(messageKey(channel.id, at), updated.blocks);
      changed();
      return updated;
    },
    remove(channel, at) {
      get(channel, at);
      drop(channel, at);
      changed();
    },
  };
}

/** What a person's selections in a message are kept under. */
export function messageKey(channelId: string, ts: string): string {
  return `${channelId}/${ts}`;
}

/** A reply to a reply is one to its root; one to a message that is gone stands in the channel, as Slack does it without a word. */
function rootOf(channel: Channel, ts: string): StoredMessage | undefined {
  const parent = channel.messages.get(ts);
  return parent?.threadTs === undefined ? parent : channel.messages.get(parent.threadTs);
}

/** Slack gives a block, and an element that can be acted on, an id of its own where the app gave none. */
export function withIds(blocks: readonly unknown[]): readonly Json[] {
  return blocks.filter(isObject).map((block) => ({
    ...block,
    block_id: block.block_id ?? newId(),
    ...(isObject(block.accessory) && { accessory: withActionId(block.accessory) }),
    ...(isObject(block.element) && { element: withActionId(block.element) }),
    ...(block.type === 'actions' &&
      Array.isArray(block.elements) && { elements: block.elements.filter(isObject).map(withActionId) }),
  }));
}

function withActionId(element: Json): Json {
  return element.type === 'image' ? element : { ...element, action_id: element.action_id ?? newId() };
}

function newId(): string {
  return randomBytes(4).toString('base64url').slice(0, 5);
}
