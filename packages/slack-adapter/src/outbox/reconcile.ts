import { isChannelId } from '../web/channels.ts';
import type { Called, ItemMark, PageQuery, Place, Web } from '../web/types.ts';

/** Far more than any channel holds in the time that an outage lasts; reading on for ever would help nobody. */
const MAX_PAGES = 200;
/** How far Slack's clock may be behind ours. */
const CLOCK_SKEW_SEC = 3600;

export interface Sought extends ItemMark {
  /** Id or name. */
  readonly channel: string;
  /** In the thread of this message. */
  readonly threadTs?: string | undefined;
  /** The item cannot have been sent before; RFC 3339. */
  readonly since: string;
}

/** Asks Slack whether an item was sent: its answer may have been lost. */
export async function findItem(
  web: Pick<Web, 'page' | 'findChannel'>,
  sought: Sought,
): Promise<Called<{ readonly place: Place | null }>> {
  const { requestId, key, threadTs, since } = sought;
  const where = await idOf(web, sought.channel);
  if (!where.ok) return where;
  const { channel } = where;
  if (channel === null) return { ok: true, place: null };
  const oldest = Math.max(0, Date.parse(since) / 1000 - CLOCK_SKEW_SEC);
  let query: PageQuery = { channel, oldest, ...(threadTs !== undefined && { threadTs }) };
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await web.page(query);
    if (!page.ok) return page;
    const found = page.messages.find(({ mark }) => mark?.requestId === requestId && mark.key === key);
    if (found) return { ok: true, place: { channel, ts: found.ts } };
    if (page.cursor === undefined) return { ok: true, place: null };
    query = { ...query, cursor: page.cursor };
  }
  return { ok: false, error: { kind: 'refused', code: 'history_too_long' } };
}

/** Null where Slack knows no channel of that name: then nothing was sent there. */
async function idOf(
  web: Pick<Web, 'findChannel'>,
  channel: string,
): Promise<Called<{ readonly channel: string | null }>> {
  if (isChannelId(channel)) return { ok: true, channel };
  const found = await web.findChannel(channel);
  if (found.ok || found.error.kind !== 'refused' || found.error.code !== 'channel_not_found') return found;
  return { ok: true, channel: null };
}
