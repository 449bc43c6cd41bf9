import type { PageChannel, PageMessage, PageSeam, PageState } from './page-seam.ts';
import type { Channel, StoredMessage } from './workspace/channels.ts';
import { messageKey } from './workspace/messages.ts';
import type { Workspace } from './workspace/workspace.ts';

const shown = 500;

/** What the page is drawn from, as one person sees it. */
export function pageState(workspace: Workspace): Pick<PageSeam, 'users' | 'stateFor'> {
  const people = workspace.people.all().filter((person) => !person.isBot && !person.isDeleted);
  const users = people.map(({ id, name }) => ({ id, name }));
  return {
    users: () => users,
    stateFor(userId) {
      const user = users.find(({ id }) => id === userId);
      return user ? stateOf(workspace, user) : null;
    },
  };
}

function stateOf(workspace: Workspace, user: PageState['user']): PageState {
  const all = workspace.channels.all();
  const own = [
    ...all.filter((channel) => channel.kind === 'channel'),
    ...all.filter((channel) => channel.user === user.id),
  ];
  return {
    user,
    channels: own.map((channel) => channelOf(workspace, channel, user.id)),
    views: workspace.views.stackOf(user.id),
  };
}

function channelOf(workspace: Workspace, channel: Channel, userId: string): PageChannel {
  const visible = [...channel.messages.values()].filter(
    ({ ephemeralFor }) => ephemeralFor === undefined || ephemeralFor === userId,
  );
  return {
    id: channel.id,
    name: channel.kind === 'direct' ? workspace.identity.appName : channel.name,
    kind: channel.kind,
    messages: visible.slice(-shown).map((message) => messageOf(workspace, message, userId)),
  };
}

function messageOf(workspace: Workspace, message: StoredMessage, userId: string): PageMessage {
  return {
    ...message,
    author: workspace.identity.appName,
    selected: workspace.selections.of(messageKey(message.channel, message.ts), userId),
  };
}
