import type { Json } from '../block-kit/place.ts';
import { messageShape } from '../web-api/shapes.ts';
import type { Channel, StoredMessage } from '../workspace/channels.ts';
import type { Person } from '../workspace/people.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** What every interaction says of who did it where. */
export function actor({ identity }: Workspace, person: Person): Json {
  return {
    user: { id: person.id, username: person.name, name: person.name, team_id: person.teamId },
    api_app_id: identity.appId,
    token: identity.verificationToken,
    team: { id: identity.teamId, domain: identity.teamDomain },
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** Where a click on a message happened. Slack leaves the message out when it is ephemeral. */
export function messageScene({ identity }: Workspace, channel: Channel, message: StoredMessage): Json {
  const isEphemeral = message.ephemeralFor !== undefined;
  return {
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: isEphemeral,
      ...(message.threadTs !== undefined && { thread_ts: message.threadTs }),
    },
    channel: { id: channel.id, name: channel.kind === 'direct' ? 'directmessage' : channel.name },
    ...(!isEphemeral && { message: messageShape(message, identity) }),
  };
}
