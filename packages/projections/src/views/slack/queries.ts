import type { ViewReader } from '../../read/reader.ts';

/** A request of which Slack does not know everything yet. */
export interface UntoldRow {
  readonly requestId: string;
  readonly tenant: string;
  /** As the policy wrote it when the request was made. */
  readonly channel: string;
  /** Revision of the request's newest event. */
  readonly revision: number;
  /** Position of the oldest event that Slack does not know. */
  readonly since: string;
  /** RFC 3339; null while nobody claims it. */
  readonly claimedUntil: string | null;
  readonly claimedBy: string | null;
}

/** Costs grow with what is asked for, never with the ledger. All throw ViewUnavailable while there is no file in force. */
export interface SlackQueries {
  /** Channels that wait, the longest waiting first. */
  channels(limit: number): readonly { readonly channel: string; readonly requests: number }[];
  /** Of one channel, the longest waiting first. */
  untold(channel: string, limit: number): readonly UntoldRow[];
  /** How many requests wait, of all channels. */
  depth(): number;
}

export function slackQueries(view: ViewReader): SlackQueries {
  return {
    channels: (limit) =>
      view
        .all<{ channel: string; requests: number }>(
          `SELECT channel, n AS requests, (
              SELECT since FROM slack_requests INDEXED BY slack_untold
                WHERE channel = waiting.channel AND since IS NOT NULL ORDER BY since LIMIT 1
            ) AS oldest
            FROM slack_waiting AS waiting ORDER BY oldest LIMIT ?`,
          limit,
        )
        .map(({ channel, requests }) => ({ channel, requests })),
    untold: (channel, limit) =>
      view.all<UntoldRow>(
        `SELECT request_id AS requestId, tenant, channel, revision, since,
            claimed_until AS claimedUntil, claimed_by AS claimedBy
          FROM slack_requests INDEXED BY slack_untold
          WHERE channel = ? AND since IS NOT NULL ORDER BY since, request_id LIMIT ?`,
        channel,
        limit,
      ),
    depth: () => view.get<{ depth: number }>('SELECT total(n) AS depth FROM slack_waiting')?.depth ?? 0,
  };
}
