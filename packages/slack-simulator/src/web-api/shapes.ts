import type { Json } from '../block-kit/place.ts';
import type { Channel, StoredMessage } from '../workspace/channels.ts';
import type { Identity } from '../workspace/identity.ts';
import type { Person } from '../workspace/people.ts';
import type { StoredView } from '../workspace/views.ts';

/** A message as the Web API and interactions give it. */
export function messageShape(message: StoredMessage, identity: Identity, withMetadata = true): Json {
  return {
    type: 'message',
    ...(message.isBroadcast && { subtype: 'thread_broadcast' }),
    user: identity.botUserId,
    ts: message.ts,
    bot_id: identity.botId,
    app_id: identity.appId,
    text: message.text,
    team: identity.teamId,
    bot_profile: {
      id: identity.botId,
      app_id: identity.appId,
      name: identity.appName,
      deleted: false,
      team_id: identity.teamId,
    },
    ...(message.threadTs !== undefined && {
      thread_ts: message.threadTs,
      parent_user_id: identity.botUserId,
    }),
    ...(message.editedTs !== undefined && { edited: { user: identity.botId, ts: message.editedTs } }),
    ...(message.blocks.length > 0 && { blocks: message.blocks }),
    ...(withMetadata && message.metadata && { metadata: message.metadata }),
  };
}

export function channelShape(channel: Channel): Json {
  if (channel.kind === 'direct') {
    return {
      id: channel.id,
      created: channel.created,
      is_im: true,
      is_org_shared: false,
      is_archived: channel.isArchived,
      is_open: true,
      user: channel.user,
    };
  }
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    created: channel.created,
    is_channel: true,
    is_group: false,
    is_im: false,
    is_mpim: false,
    is_private: false,
    is_general: false,
    is_shared: false,
    is_archived: channel.isArchived,
    is_member: channel.isMember,
  };
}

export function userShape(person: Person): Json {
  return {
    id: person.id,
    team_id: person.teamId,
    name: person.name,
    deleted: person.isDeleted,
    real_name: person.name,
    is_bot: person.isBot,
    is_app_user: false,
    is_restricted: person.isGuest,
    is_ultra_restricted: false,
    ...(person.email !== undefined && { is_email_confirmed: person.emailConfirmed }),
    ...(person.isStranger && { is_stranger: true }),
    tz: 'Etc/UTC',
    tz_offset: 0,
    profile: {
      team: person.teamId,
      real_name: person.name,
      display_name: person.name,
      ...(person.email !== undefined && { email: person.email }),
    },
  };
}

/** A modal as the Web API and interactions give it. */
export function viewShape(stored: StoredView, identity: Identity, values: Json = {}): Json {
  const { view } = stored;
  return {
    id: stored.id,
    team_id: identity.teamId,
    type: 'modal',
    blocks: view.blocks,
    private_metadata: view.private_metadata ?? '',
    callback_id: view.callback_id ?? '',
    external_id: view.external_id ?? '',
    state: { values },
    hash: stored.hash,
    title: view.title,
    clear_on_close: view.clear_on_close ?? false,
    notify_on_close: view.notify_on_close ?? false,
    close: view.close ?? null,
    submit: view.submit ?? null,
    previous_view_id: stored.previousId,
    root_view_id: stored.rootId,
    app_id: identity.appId,
    app_installed_team_id: identity.teamId,
    bot_id: identity.botId,
  };
}
