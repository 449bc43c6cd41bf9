import { nextCursorIn } from './answers.ts';
import type { Caller } from './caller.ts';
import { isObject, stringIn } from './json.ts';
import type { Called, Channel } from './types.ts';

/** Ids as Slack makes them; names have no capitals. */
const CHANNEL_ID = /^[CGD][A-Z0-9]{5,}$/;
const PAGE = 1000;
const MAX_PAGES = 100;

export function isChannelId(channel: string): boolean {
  return CHANNEL_ID.test(channel);
}

/** Finds a channel by id or name. There is no method for a name: all channels are listed, a page at a time. */
export async function findChannel(
  call: Caller,
  sought: string,
  signal?: AbortSignal,
): Promise<Called<Channel>> {
  return isChannelId(sought) ? findById(call, sought) : findByName(call, sought.replace(/^#/, ''), signal);
}

async function findById(call: Caller, channel: string): Promise<Called<Channel>> {
  const answer = await call('conversations.info', { channel });
  if (!answer.ok) return answer;
  const found = channelIn(answer.body.channel);
  return found ? { ok: true, ...found } : { ok: false, error: { kind: 'unknown' } };
}

async function findByName(call: Caller, name: string, signal?: AbortSignal): Promise<Called<Channel>> {
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    if (signal?.aborted) return { ok: false, error: { kind: 'not_sent' } };
    const answer = await call('conversations.list', {
      types: 'public_channel,private_channel',
      limit: PAGE,
      cursor,
    });
    if (!answer.ok) return answer;
    const { channels } = answer.body;
    const named = Array.isArray(channels) && channels.find((channel) => stringIn(channel, 'name') === name);
    const found = channelIn(named);
    if (found) return { ok: true, ...found };
    ({ cursor } = nextCursorIn(answer.body));
    if (cursor === undefined) break;
  }
  return { ok: false, error: { kind: 'refused', code: 'channel_not_found' } };
}

function channelIn(value: unknown): Channel | undefined {
  const channel = stringIn(value, 'id');
  if (!isObject(value) || channel === undefined) return undefined;
  return { channel, isArchived: value.is_archived === true, isMember: value.is_member === true };
}
