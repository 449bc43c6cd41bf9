import { SlackError } from '../../workspace/slack-error.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { Args } from '../args.ts';
import { readBlocks, readMetadata } from '../content.ts';
import { permalinkPath } from '../permalinks.ts';
import { messageShape } from '../shapes.ts';
import type { Method } from './method.ts';

/** chat.update is stricter than chat.postMessage, which cuts. */
const longestText = 4_000;

export const update: Method = (workspace, args) => {
  const { channel, message } = theMessage(workspace, args, 'ts');
  if (channel.isArchived) throw new SlackError('is_inactive');
  const text = args.text('text');
  const blocks = readBlocks(args);
  if (text === undefined && blocks === undefined) throw new SlackError('no_text');
  if ((text ?? '').length > longestText) throw new SlackError('msg_too_long');
  const metadata = readMetadata(args);
  const updated = workspace.messages.update(channel, message.ts, {
    text: text ?? message.text,
    // Text without blocks takes the blocks away.
    blocks: blocks ?? [],
    ...(metadata !== undefined && { metadata }),
  });
  const shape = messageShape(updated, workspace.identity);
  return { channel: channel.id, ts: updated.ts, text: updated.text, message: shape };
};

export const remove: Method = (workspace, args) => {
  const { channel, message } = theMessage(workspace, args, 'ts');
  workspace.messages.remove(channel, message.ts);
  return { channel: channel.id, ts: message.ts };
};

export const getPermalink: Method = (workspace, args) => {
  const { channel, message } = theMessage(workspace, args, 'message_ts');
  const page = workspace.url() + permalinkPath(channel.id, message.ts);
  const thread = message.threadTs === undefined ? '' : `?thread_ts=${message.threadTs}&cid=${channel.id}`;
  return { channel: channel.id, permalink: page + thread };
};

/** Ephemeral messages are out of reach of the Web API. */
function theMessage(workspace: Workspace, args: Args, tsName: string) {
  const channel = workspace.channels.byId(args.needed('channel'));
  const message = workspace.messages.get(channel, args.needed(tsName));
  if (message.ephemeralFor !== undefined) throw new SlackError('message_not_found');
  return { channel, message };
}
