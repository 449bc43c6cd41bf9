import type { Json } from '../block-kit/place.ts';
import type { Workspace } from '../workspace/workspace.ts';

/**
 * Everything that a call's channel may be named by; none when the call has no channel. First what stays the same
 * whether or not the channel has been made yet: its name, or the user whose direct channel it is.
 */
export function channelNames({ channels, people }: Workspace, args: Json): readonly string[] {
  const reference = args.channel ?? args.users;
  if (typeof reference !== 'string' || reference === '') return [];
  const asPerson = people.get(reference);
  const channel = channels.find(asPerson ? `@${asPerson.id}` : reference);
  const person = asPerson ?? people.get(channel?.user ?? '');
  const names = person
    ? [person.id, `@${person.name}`, `@${person.id}`]
    : [channel?.name ?? reference.replace(/^#/, '')];
  return channel ? [...names, channel.id] : names;
}
