import { jsonWidth } from './clean.ts';

/**
 * Parts with a separator between them, as many as fit, then "and 7 more". The first part is always there.
 * @param parts finished mrkdwn, never cut
 */
export function joinWithin(
  parts: readonly string[],
  separator: string,
  max: { readonly width: number; readonly parts: number },
): string {
  let text = '';
  for (const [index, part] of parts.entries()) {
    const longer = index === 0 ? part : text + separator + part;
    if (index === max.parts || (index > 0 && jsonWidth(longer) > max.width)) {
      return `${text} and ${parts.length - index} more`;
    }
    text = longer;
  }
  return text;
}
