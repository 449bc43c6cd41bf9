import { directIn, pageIn, permalinkIn, placeIn, userIn, viewIn, workspaceIn } from './answers.ts';
import { type CallerOptions, createCaller } from './caller.ts';
import { findChannel } from './channels.ts';
import { metadataOf } from './mark.ts';
import type { Called, PageQuery, Post, Web, Workspace } from './types.ts';

const PAGE = 200;

/** Slack's Web API as this program uses it. */
export function createWeb(options: CallerOptions): Web {
  const call = createCaller(options);
  let workspace: Workspace | undefined;

  /** One call, and what is needed of its answer: one without that does not say what became of the call. */
  async function ask<T>(
    method: string,
    args: Record<string, unknown>,
    read: (body: Record<string, unknown>) => T | undefined,
  ): Promise<Called<T>> {
    const answer = await call(method, args);
    if (!answer.ok) return answer;
    const value = read(answer.body);
    return value === undefined ? { ok: false, error: { kind: 'unknown' } } : { ok: true, ...value };
  }

  async function askWorkspace(): Promise<Called<Workspace>> {
    const answer = await ask('auth.test', {}, workspaceIn);
    if (answer.ok) workspace = answer;
    return answer;
  }

  return {
    postMessage: ({ channel, threadTs, ...post }) =>
      ask('chat.postMessage', { channel, thread_ts: threadTs, ...quiet, ...argsOf(post) }, placeIn),
    update: ({ channel, ts }, post) => ask('chat.update', { channel, ts, ...argsOf(post) }, placeIn),
    page: (query) => ask(query.threadTs === undefined ? HISTORY : REPLIES, argsOfPage(query), pageIn),
    findChannel: (channel, signal) => findChannel(call, channel, signal),
    openDirect: (users) => ask('conversations.open', { users }, directIn),
    permalink: ({ channel, ts }) => ask('chat.getPermalink', { channel, message_ts: ts }, permalinkIn),
    viewsOpen: (trigger_id, view) => ask('views.open', { trigger_id, view }, viewIn),
    viewsUpdate: (view_id, view, hash) => ask('views.update', { view_id, view, hash }, viewIn),
    usersInfo: (user) => ask('users.info', { user }, userIn),
    teamId: async () => (workspace ? { ok: true, ...workspace } : askWorkspace()),
    checkTokens: askWorkspace,
  };
}

const HISTORY = 'conversations.history';
const REPLIES = 'conversations.replies';
/** Links in what people wrote are not unfolded. */
const quiet = { unfurl_links: false, unfurl_media: false };

function argsOf({ text, blocks, mark }: Omit<Post, 'channel' | 'threadTs'>) {
  return { text, blocks, metadata: metadataOf(mark) };
}

function argsOfPage({ channel, threadTs, oldest, cursor }: PageQuery) {
  return {
    channel,
    ts: threadTs,
    oldest: oldest.toFixed(6),
    inclusive: true,
    include_all_metadata: true,
    limit: PAGE,
    cursor,
  };
}
