import { isObject } from '../block-kit/place.ts';
import type { Remains } from '../types.ts';
import type { Channel } from './channels.ts';
import type { People } from './people.ts';

/** What only one person saw, and only then, is gone with the workspace it was in. */
export function remainsOf(channels: readonly Channel[]): Remains {
  return {
    channels: channels.map(({ messages, ...channel }) => ({
      ...channel,
      messages: [...messages.values()].filter(({ ephemeralFor }) => ephemeralFor === undefined),
    })),
  };
}

/** Channels as they were left. Direct channels with people who are not here any more are left out. */
export function channelsIn({ channels }: Remains, people: People): Channel[] {
  return channels
    .filter(({ user }) => user === undefined || people.get(user) !== undefined)
    .map(({ messages, ...channel }) => ({
      ...channel,
      messages: new Map(messages.map((message) => [message.ts, message])),
    }));
}

/** What was read from somewhere, as remains. @throws Error for what is not made of channels and messages */
export function toRemains(read: unknown): Remains {
  const { channels }: { channels?: unknown } = isObject(read) ? read : {};
  if (Array.isArray(channels) && channels.every(isChannel)) return { channels } as Remains;
  throw new Error('these are no channels of a workspace');
}

function isChannel(channel: unknown): boolean {
  if (!isObject(channel)) return false;
  const { id, name, kind, messages } = channel;
  if (typeof id !== 'string' || typeof name !== 'string') return false;
  return (kind === 'channel' || kind === 'direct') && Array.isArray(messages) && messages.every(isMessage);
}

function isMessage(message: unknown): boolean {
  return isObject(message) && typeof message.ts === 'string' && Array.isArray(message.blocks);
}
