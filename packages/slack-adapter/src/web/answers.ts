import { isObject, stringIn } from './json.ts';
import { markOf } from './mark.ts';
import type { FoundMessage, Place, SlackUser, Workspace } from './types.ts';

/** What is needed of Slack's answers; undefined where an answer does not hold it. */

type Body = Record<string, unknown>;

export function placeIn(body: Body): Place | undefined {
  const channel = stringIn(body, 'channel');
  const ts = stringIn(body, 'ts');
  return channel === undefined || ts === undefined ? undefined : { channel, ts };
}

export function pageIn(
  body: Body,
): { readonly messages: readonly FoundMessage[]; readonly cursor?: string } | undefined {
  if (!Array.isArray(body.messages)) return undefined;
  const messages = body.messages.flatMap((message: unknown) => {
    const ts = stringIn(message, 'ts');
    return ts === undefined || !isObject(message) ? [] : [{ ts, mark: markOf(message.metadata) }];
  });
  return { messages, ...nextCursorIn(body) };
}

export function nextCursorIn({ response_metadata }: Body): { readonly cursor?: string } {
  const cursor = stringIn(response_metadata, 'next_cursor');
  return cursor === undefined ? {} : { cursor };
}

export function directIn(body: Body): { readonly channel: string } | undefined {
  const channel = stringIn(body.channel, 'id');
  return channel === undefined ? undefined : { channel };
}

export function permalinkIn(body: Body): { readonly permalink: string } | undefined {
  const permalink = stringIn(body, 'permalink');
  return permalink === undefined ? undefined : { permalink };
}

export function viewIn({ view }: Body): { readonly viewId: string; readonly hash: string } | undefined {
  const viewId = stringIn(view, 'id');
  const hash = stringIn(view, 'hash');
  return viewId === undefined || hash === undefined ? undefined : { viewId, hash };
}

export function userIn({ user }: Body): { readonly user: SlackUser } | undefined {
  const id = stringIn(user, 'id');
  const teamId = stringIn(user, 'team_id');
  if (!isObject(user) || id === undefined || teamId === undefined) return undefined;
  // What Slack has not confirmed is only what somebody says of themself.
  const email = user.is_email_confirmed === true ? stringIn(user.profile, 'email') : undefined;
  return {
    user: {
      id,
      teamId,
      name: stringIn(user, 'name') ?? id,
      ...(email !== undefined && { email }),
      isBot: user.is_bot === true,
      isDeleted: user.deleted === true,
      isStranger: [user.is_stranger, user.is_restricted, user.is_ultra_restricted].includes(true),
    },
  };
}

export function workspaceIn(body: Body): Workspace | undefined {
  const teamId = stringIn(body, 'team_id');
  const enterpriseId = stringIn(body, 'enterprise_id');
  return teamId === undefined ? undefined : { teamId, ...(enterpriseId !== undefined && { enterpriseId }) };
}
