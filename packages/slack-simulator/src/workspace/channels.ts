import { createHash } from 'node:crypto';
import type { Remains, SimulatedMessage } from '../types.ts';
import type { People, Person } from './people.ts';
import { channelsIn } from './remains.ts';
import { SlackError } from './slack-error.ts';

export interface StoredMessage extends SimulatedMessage {
  /** A reply that is shown in the channel as well. */
  readonly isBroadcast?: boolean;
}

export interface Channel {
  readonly id: string;
  /** Without `#`; of a direct channel the person's name. */
  readonly name: string;
  readonly kind: 'channel' | 'direct';
  /** Whose direct channel with the app it is. */
  readonly user?: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** Whether the app is in it. */
  isMember: boolean;
  isArchived: boolean;
  /** By ts, oldest first. */
  readonly messages: Map<string, StoredMessage>;
}

export interface Channels {
  all(): readonly Channel[];
  /** By id only, as most methods want it. @throws SlackError channel_not_found */
  byId(id: string): Channel;
  /** By id, name with or without `#`, or `@user`; undefined when there is none. */
  find(reference: string): Channel | undefined;
  /** As `find`; makes the channel of a new name, unless all channels were listed. @throws SlackError channel_not_found */
  named(reference: string): Channel;
  /** The direct channel with a person, made when there is none. */
  directWith(person: Person): Channel;
}

/** @param listed names of all channels there are; absent: a channel is made when first named */
export function channelsOf(
  listed: readonly string[] | undefined,
  people: People,
  clock: () => number,
  remains: Remains = { channels: [] },
): Channels {
  const channels = new Map<string, Channel>(channelsIn(remains, people).map((one) => [one.id, one]));
  const add = (channel: Omit<Channel, 'created' | 'isMember' | 'isArchived' | 'messages'>): Channel => {
    const made = {
      ...channel,
      created: Math.floor(clock()),
      isMember: true,
      isArchived: false,
      messages: new Map(),
    };
    channels.set(made.id, made);
    return made;
  };
  const addNamed = (name: string): Channel =>
    add({ id: idOf('C', name), name: checkName(name), kind: 'channel' });
  const directOf = (person: Person | undefined): Channel | undefined =>
    person && channels.get(idOf('D', person.id));

  const find = (reference: string): Channel | undefined => {
    if (reference.startsWith('@')) return directOf(people.find(reference.slice(1)));
    return channels.get(reference) ?? channels.get(idOf('C', bare(reference)));
  };
  for (const name of listed ?? []) if (!find(name)) addNamed(bare(name));

  return {
    all: () => [...channels.values()],
    byId(id) {
      const channel = channels.get(id);
      if (!channel) throw new SlackError('channel_not_found');
      return channel;
    },
    find,
    named(reference) {
      const channel = find(reference);
      if (channel) return channel;
      if (listed || !isName(bare(reference))) throw new SlackError('channel_not_found');
      return addNamed(bare(reference));
    },
    directWith: (person) =>
      directOf(person) ??
      add({ id: idOf('D', person.id), name: person.name, kind: 'direct', user: person.id }),
  };
}

function bare(name: string): string {
  return name.replace(/^#/, '');
}

/** Slack's channel names have no capitals, so that a name is never taken for an id. */
function isName(name: string): boolean {
  return /^[\p{Ll}\p{Lo}\p{N}_-]{1,80}$/u.test(name);
}

function checkName(name: string): string {
  if (isName(name)) return name;
  throw new Error(`channel name ${JSON.stringify(name)}: 1 to 80 small letters, digits, - and _`);
}

/** The same for the same name in every run. */
function idOf(kind: 'C' | 'D', name: string): string {
  return `${kind}0${createHash('sha256').update(`${kind}/${name}`).digest('hex').slice(0, 9).toUpperCase()}`;
}
