import * as conversations from './conversations.ts';
import { history, replies } from './history.ts';
import * as messages from './messages.ts';
import type { Method } from './method.ts';
import { postEphemeral, postMessage } from './post.ts';
import * as users from './users.ts';
import * as views from './views.ts';

const authTest: Method = ({ identity, url }) => ({
  url: `${url()}/`,
  team: identity.teamDomain,
  team_id: identity.teamId,
  user: identity.appName,
  user_id: identity.botUserId,
  bot_id: identity.botId,
  app_id: identity.appId,
  is_enterprise_install: false,
});

/** Every method there is but apps.connections.open, which has another kind of token and needs no workspace. */
export const methods: Readonly<Record<string, Method>> = {
  'auth.test': authTest,
  'chat.postMessage': postMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.update': messages.update,
  'chat.delete': messages.remove,
  'chat.getPermalink': messages.getPermalink,
  'conversations.archive': conversations.archive,
  'conversations.history': history,
  'conversations.info': conversations.info,
  'conversations.join': conversations.join,
  'conversations.leave': conversations.leave,
  'conversations.list': conversations.list,
  'conversations.open': conversations.open,
  'conversations.replies': replies,
  'conversations.unarchive': conversations.unarchive,
  'users.conversations': conversations.ofUser,
  'users.info': users.info,
  'users.lookupByEmail': users.lookupByEmail,
  'views.open': views.open,
  'views.push': views.push,
  'views.update': views.update,
};
