import { prose } from './mrkdwn.ts';

/** A moment in the reader's own zone. @param instant RFC 3339 */
export function date(instant: string): string {
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return prose(instant, 40);
  return `<!date^${Math.floor(time / 1000)}^{date_short_pretty} at {time}|${utc(instant)}>`;
}

/** `2026-01-31 12:00 UTC`, for where Slack draws no dates. */
export function utc(instant: string): string {
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return prose(instant, 40);
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
