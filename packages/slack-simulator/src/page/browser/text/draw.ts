import { type Child, h, outside } from '../dom.ts';
import { object, string } from '../json.ts';
import { webAddress } from './angle.ts';
import { dateText } from './dates.ts';
import { emoji, withEmoji } from './emoji.ts';
import { mrkdwn } from './mrkdwn.ts';
import type { DateToken, Token } from './tokens.ts';

/** What ids are called. */
export interface Names {
  user(id: string): string | null;
  channel(id: string): string | null;
}

/** A text object of Block Kit, `plain_text` or `mrkdwn`; a bare string is plain. */
export function drawText(text: unknown, names: Names): Child[] {
  if (typeof text === 'string') return [withEmoji(text)];
  const { type, text: written, emoji: wanted } = object(text);
  if (type === 'mrkdwn') return drawMrkdwn(string(written), names);
  return [wanted === false ? string(written) : withEmoji(string(written))];
}

/** Its text alone, for labels. */
export function plainText(text: unknown): string {
  return typeof text === 'string' ? text : withEmoji(string(object(text).text));
}

export function drawMrkdwn(text: string, names: Names): Child[] {
  return mrkdwn(text).map((token) => drawToken(token, names));
}

const TAGS = { bold: 'strong', italic: 'em', strike: 's', quote: 'blockquote' } as const;

export function drawToken(token: Token, names: Names): Child {
  switch (token.kind) {
    case 'text':
      return token.text;
    case 'code':
      return h('code', {}, token.text);
    case 'pre':
      return h('pre', { tabindex: 0 }, h('code', {}, token.text));
    case 'link':
      return drawLink(token.url, token.label);
    case 'date':
      return drawDate(token);
    case 'emoji':
      return drawEmoji(token.name);
    case 'user':
      return mention(`@${names.user(token.id) ?? token.label ?? token.id}`);
    case 'channel':
      return mention(`#${names.channel(token.id) ?? token.label ?? token.id}`);
    case 'group':
      return mention(`@${(token.label ?? token.id).replace(/^@/, '')}`);
    case 'broadcast':
      return mention(`@${token.name}`);
    default:
      return h(TAGS[token.kind], {}, ...token.children.map((child) => drawToken(child, names)));
  }
}

/** @returns only the label where the address may not be a link */
export function drawLink(url: string, label: string): Child {
  const address = webAddress(url);
  return address === null ? label : outside(address, {}, label);
}

function mention(text: string): HTMLElement {
  return h('span', { class: 'mention' }, text);
}

function drawEmoji(name: string): Child {
  const found = emoji(name);
  return found === null
    ? `:${name}:`
    : h('span', { role: 'img', 'aria-label': name.replaceAll('_', ' ') }, found);
}

function drawDate({ seconds, format, url, fallback }: DateToken): Child {
  const shown = dateText(seconds, format);
  if (shown === null) return fallback;
  const time = h('time', { datetime: new Date(seconds * 1000).toISOString(), title: fallback }, shown);
  return url === null ? time : outside(url, {}, time);
}
