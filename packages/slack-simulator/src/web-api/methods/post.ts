import type { Channel } from '../../workspace/channels.ts';
import { SlackError } from '../../workspace/slack-error.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { Args } from '../args.ts';
import { readBlocks, readMetadata } from '../content.ts';
import { messageShape } from '../shapes.ts';
import type { Method } from './method.ts';

/** Longer text is cut and posted, and the answer warns of it. */
const longestText = 40_000;

export const postMessage: Method = (workspace, args) => {
  const channel = channelToPostIn(workspace, args.needed('channel'));
  const { text, blocks, warning } = readMessage(args);
  const message = workspace.messages.post(channel, {
    text,
    blocks,
    metadata: readMetadata(args) ?? undefined,
    threadTs: args.text('thread_ts'),
    isBroadcast: args.flag('reply_broadcast'),
  });
  const shape = messageShape(message, workspace.identity);
  return { channel: channel.id, ts: message.ts, message: shape, ...warning };
};

export const postEphemeral: Method = (workspace, args) => {
  const channel = channelToPostIn(workspace, args.needed('channel'));
  const person = workspace.people.get(args.needed('user'));
  if (!person || person.isDeleted) throw new SlackError('user_not_in_channel');
  const { text, blocks, warning } = readMessage(args);
  const threadTs = args.text('thread_ts');
  const message = workspace.messages.post(channel, { text, blocks, threadTs, ephemeralFor: person.id });
  return { message_ts: message.ts, ...warning };
};

function readMessage(args: Args) {
  const blocks = readBlocks(args) ?? [];
  const text = args.text('text') ?? '';
  if (text === '' && blocks.length === 0) throw new SlackError('no_text');
  return { text: text.slice(0, longestText), blocks, warning: text.length > longestText ? truncated : {} };
}

const truncated = {
  warning: 'message_truncated',
  response_metadata: {
    warnings: ['message_truncated'],
    messages: [`[WARN] Truncated, but posted: \`text\` takes up to ${longestText} characters.`],
  },
};

/** By id or name; by a user's id, the direct channel with them. */
function channelToPostIn(workspace: Workspace, reference: string): Channel {
  const channel = /^[UW][A-Z0-9]+$/.test(reference)
    ? directChannel(workspace, reference)
    : workspace.channels.named(reference);
  if (channel.isArchived) throw new SlackError('is_archived');
  if (!channel.isMember) throw new SlackError('not_in_channel');
  return channel;
}

function directChannel({ people, channels }: Workspace, id: string): Channel {
  const person = people.get(id);
  if (!person || person.isDeleted) throw new SlackError('channel_not_found');
  if (person.isBot) throw new SlackError('cannot_dm_bot');
  return channels.directWith(person);
}
