import type { MrkdwnElement, PlainTextElement } from '@slack/types';
import { cut, escapeEntities, visible } from './clean.ts';

/**
 * Text objects, and what may stand in them. Only what `prose`, `code` and `plain` return is ever put between our own
 * words: nothing that somebody typed becomes a mention, a link, a date, an emoji or formatting.
 */

/** Slack refuses empty texts. */
const NOTHING = '–';

/** `verbatim`: Slack makes no links of addresses and channel names it finds; our own `<…>` still work. */
export function mrkdwn(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text: text || NOTHING, verbatim: true };
}

export function plainText(text: string): PlainTextElement {
  return { type: 'plain_text', text: text || NOTHING, emoji: true };
}

/** Somebody's words for a mrkdwn text; at most `max` wide, never empty. */
export function prose(text: string, max: number): string {
  return escapeEntities(unmarked(cut(visible(text), max))) || NOTHING;
}

/** The same in a code span. */
export function code(text: string, max: number): string {
  const inner = escapeEntities(withoutBackticks(cut(visible(text), max - 2)));
  return `\`${inner || NOTHING}\``;
}

/** Somebody's words for a plain text; at most `max` wide, never empty. */
export function plain(text: string, max: number): string {
  const words = withoutEmojiCodes(cut(visible(text), max));
  // Plain text holds no mentions; should it ever be shown elsewhere, it still looks like none.
  return words.replace(/<(?=[!@#])/g, '‹') || NOTHING;
}

export function bold(text: string, max: number): string {
  return `*${prose(text, max - 2)}*`;
}

export function quoted(text: string, max: number): string {
  return `“${prose(text, max - 2)}”`;
}

/** A sentence begins with a capital letter, where it begins with one of ours. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A link where the address is one, else nothing. */
export function link(url: string | undefined, label: string): string | null {
  const address = webAddress(url);
  return address === null ? null : `<${escapeEntities(address)}|${label}>`;
}

const MAX_ADDRESS = 400;

/** A http(s) address in which nothing could end a link early; null for anything else. */
export function webAddress(url: string | undefined): string | null {
  const parsed = url === undefined ? null : URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol)) return null;
  const address = parsed.href.replaceAll('|', '%7C');
  return address.length > MAX_ADDRESS || /[\s<>]/.test(address) ? null : address;
}

/** Slack has no escape for its marks: look-alikes stand for those that could format, quote or become an emoji. */
function unmarked(text: string): string {
  const flat = withoutBackticks(withoutEmojiCodes(text)).replaceAll('*', '∗').replaceAll('~', '∼');
  return flat.replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, 'ˍ').replace(/^>/, '›');
}

function withoutBackticks(text: string): string {
  return text.replaceAll('`', 'ˋ');
}

function withoutEmojiCodes(text: string): string {
  return text.replace(/:(?=[\p{L}\p{M}\p{N}_+'-]+:)/gu, '∶');
}
