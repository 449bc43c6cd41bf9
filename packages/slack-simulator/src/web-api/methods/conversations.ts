import type { Channel } from '../../workspace/channels.ts';
import { SlackError } from '../../workspace/slack-error.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { Args } from '../args.ts';
import { pageOf } from '../pages.ts';
import { channelShape } from '../shapes.ts';
import type { Method } from './method.ts';

export const open: Method = (workspace, args) => {
  const { channels } = workspace;
  const known = args.text('channel');
  if (known !== undefined)
    return { channel: channelShape(channels.byId(known)), already_open: true, no_op: true };
  const person = theOtherPerson(workspace, args.text('users'));
  const before = channels.find(`@${person.id}`);
  const channel = before ?? channels.directWith(person);
  if (!before) workspace.changed();
  return {
    ...(before && { already_open: true, no_op: true }),
    channel: args.flag('return_im') ? channelShape(channel) : { id: channel.id },
  };
};

/** Direct channels of two only. */
function theOtherPerson({ people }: Workspace, users: string | undefined) {
  const ids = (users ?? '').split(',').filter((id) => id !== '');
  const [id] = ids;
  if (id === undefined) throw new SlackError('users_list_not_supplied');
  if (ids.length > 1) throw new SlackError('too_many_users');
  const person = people.get(id);
  if (!person) throw new SlackError('user_not_found');
  if (person.isDeleted) throw new SlackError('user_disabled');
  if (person.isBot) throw new SlackError('cannot_dm_bot');
  return person;
}

export const info: Method = ({ channels }, args) => ({
  channel: channelShape(channels.byId(args.needed('channel'))),
});

export const list: Method = (workspace, args) => listing(workspace, args, () => true);

/** Those the app is in. */
export const ofUser: Method = (workspace, args) => listing(workspace, args, (channel) => channel.isMember);

function listing({ channels }: Workspace, args: Args, isMeant: (channel: Channel) => boolean) {
  const types = (args.text('types') ?? 'public_channel').split(',').map((type) => type.trim());
  const kinds = types.map((type) => ({ public_channel: 'channel', im: 'direct' })[type]);
  const wanted = channels
    .all()
    .filter((channel) => kinds.includes(channel.kind) && isMeant(channel))
    .filter((channel) => !(args.flag('exclude_archived') && channel.isArchived));
  const page = pageOf(wanted, (channel) => channel.id, args.limit(100, 1_000), args.text('cursor'));
  return { channels: page.items.map(channelShape), response_metadata: { next_cursor: page.nextCursor } };
}

export const join: Method = (workspace, args) => {
  const channel = publicChannel(workspace, args);
  if (channel.isArchived) throw new SlackError('is_archived');
  const wasMember = channel.isMember;
  channel.isMember = true;
  const warning = { warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } };
  return { channel: channelShape(channel), ...(wasMember && warning) };
};

export const leave: Method = (workspace, args) => {
  const channel = publicChannel(workspace, args);
  if (!channel.isMember) return { not_in_channel: true };
  channel.isMember = false;
  return {};
};

export const archive: Method = (workspace, args) => {
  const channel = publicChannel(workspace, args);
  if (channel.isArchived) throw new SlackError('already_archived');
  channel.isArchived = true;
  return {};
};

export const unarchive: Method = (workspace, args) => {
  const channel = publicChannel(workspace, args);
  if (!channel.isArchived) throw new SlackError('not_archived');
  channel.isArchived = false;
  return {};
};

function publicChannel({ channels }: Workspace, args: Args): Channel {
  const channel = channels.byId(args.needed('channel'));
  if (channel.kind === 'direct') throw new SlackError('method_not_supported_for_channel_type');
  return channel;
}
