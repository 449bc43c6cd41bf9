import { consolePage } from '../parts/facts.ts';
import { headlineSeen } from '../parts/headline.ts';
import { capital, link, mrkdwn } from '../text/mrkdwn.ts';
import type { Drawn, Picture } from '../types.ts';

/**
 * A short message for a place where the request itself is not shown.
 * @param lines mrkdwn; empty ones are left out
 * @param permalink to the request's message
 */
export function about(picture: Picture, lines: readonly string[], permalink: string | undefined): Drawn {
  const page = consolePage(picture, picture.approval.request.requestId) ?? undefined;
  const links = [link(permalink, 'See the request'), link(page, 'Open in console')].filter(
    (one) => one !== null,
  );
  const text = lines.filter((line) => line !== '').join('\n');
  const context = { type: 'context' as const, elements: [mrkdwn(links.join(' · '))] };
  return {
    text,
    blocks: [{ type: 'section', text: mrkdwn(text) }, ...(links.length === 0 ? [] : [context])],
  };
}

/** "🟡 Waits for approval" */
export function stateLine(picture: Picture): string {
  const { emoji, words } = headlineSeen(picture);
  return `${emoji} ${capital(words)}`;
}
