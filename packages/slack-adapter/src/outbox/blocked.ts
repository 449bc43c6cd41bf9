import type { Web } from '../web/types.ts';

/**
 * Whether a channel that took nothing certainly still takes nothing: asked before a delivery is claimed again, so that
 * a misspelt or archived channel does not fill the ledger with claims.
 * @param code what Slack answered when it was last posted to
 */
export async function isStillBlocked(
  web: Pick<Web, 'findChannel'>,
  channel: string,
  code: string,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await web.findChannel(channel, signal);
  if (!found.ok) return found.error.kind === 'refused' && found.error.code === 'channel_not_found';
  switch (code) {
    case 'is_archived':
    case 'is_inactive':
      return found.isArchived;
    case 'not_in_channel':
      return !found.isMember;
    default:
      return false;
  }
}
