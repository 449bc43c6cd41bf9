import type { Json } from '../../block-kit/place.ts';
import type { Channel, StoredMessage } from '../../workspace/channels.ts';
import { SlackError } from '../../workspace/slack-error.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { Args } from '../args.ts';
import { pageOf } from '../pages.ts';
import { messageShape } from '../shapes.ts';
import type { Method } from './method.ts';

/** Newest first, without the replies that stand in threads only. */
export const history: Method = (workspace, args) => {
  const channel = readableChannel(workspace, args);
  const visible = visibleTo(channel).filter(
    (message) => message.threadTs === undefined || message.isBroadcast,
  );
  const page = pageOf(
    visible.filter(within(args)).reverse(),
    (message) => message.ts,
    args.limit(100, 999),
    args.text('cursor'),
  );
  return pageShape(workspace, args, channel, page);
};

/** The root, then its replies, oldest first. */
export const replies: Method = (workspace, args) => {
  const channel = readableChannel(workspace, args);
  const message = channel.messages.get(args.needed('ts'));
  if (!message || message.ephemeralFor !== undefined) throw new SlackError('thread_not_found');
  const rootTs = message.threadTs ?? message.ts;
  const thread = visibleTo(channel).filter(({ ts, threadTs }) => ts === rootTs || threadTs === rootTs);
  const page = pageOf(
    thread.filter(within(args)),
    ({ ts }) => ts,
    args.limit(1_000, 1_000),
    args.text('cursor'),
  );
  return pageShape(workspace, args, channel, page);
};

function readableChannel({ channels }: Workspace, args: Args): Channel {
  const channel = channels.byId(args.needed('channel'));
  if (!channel.isMember) throw new SlackError('not_in_channel');
  return channel;
}

function visibleTo(channel: Channel): readonly StoredMessage[] {
  return [...channel.messages.values()].filter((message) => message.ephemeralFor === undefined);
}

/** Both ends are left out unless `inclusive`. */
function within(args: Args): (message: StoredMessage) => boolean {
  const oldest = tsArg(args, 'oldest', 0);
  const latest = tsArg(args, 'latest', Number.POSITIVE_INFINITY);
  const isInclusive = args.flag('inclusive');
  return ({ ts }) => {
    const at = micros(ts);
    return isInclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  };
}

function tsArg(args: Args, name: 'oldest' | 'latest', fallback: number): number {
  const value = args.text(name);
  if (value === undefined) return fallback;
  if (!/^\d+(\.\d+)?$/.test(value)) throw new SlackError(`invalid_ts_${name}`);
  return micros(value);
}

/** Whole microseconds, as fractions of seconds since 1970 do not compare exactly. */
function micros(ts: string): number {
  return Math.round(Number(ts) * 1_000_000);
}

function pageShape(
  workspace: Workspace,
  args: Args,
  channel: Channel,
  page: { readonly items: readonly StoredMessage[]; readonly nextCursor: string },
): Json {
  const withMetadata = args.flag('include_all_metadata');
  const threads = threadsOf(channel);
  return {
    messages: page.items.map((message) => ({
      ...messageShape(message, workspace.identity, withMetadata),
      ...threadShape(workspace, message, threads.get(message.ts)),
    })),
    has_more: page.nextCursor !== '',
    ...(page.nextCursor !== '' && { response_metadata: { next_cursor: page.nextCursor } }),
  };
}

function threadsOf(channel: Channel): Map<string, StoredMessage[]> {
  const threads = new Map<string, StoredMessage[]>();
  for (const message of visibleTo(channel)) {
    if (message.threadTs === undefined) continue;
    const thread = threads.get(message.threadTs);
    if (thread) thread.push(message);
    else threads.set(message.threadTs, [message]);
  }
  return threads;
}

function threadShape(
  workspace: Workspace,
  root: StoredMessage,
  thread: readonly StoredMessage[] | undefined,
): Json {
  if (!thread) return {};
  return {
    thread_ts: root.ts,
    reply_count: thread.length,
    reply_users_count: 1,
    reply_users: [workspace.identity.botUserId],
    latest_reply: thread.at(-1)?.ts,
    is_locked: false,
    subscribed: false,
  };
}
