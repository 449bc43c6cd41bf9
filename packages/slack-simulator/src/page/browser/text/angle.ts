import type { Token } from './tokens.ts';

/** Decodes the three characters that Slack escapes, each once. */
export function decoded(text: string): string {
  return text.replace(/&(amp|lt|gt);/g, (_whole, name: string) => ESCAPED[name] ?? '');
}

const ESCAPED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };

/** The address, if it may be a link: `http` and `https` and nothing else; null for all others. */
export function webAddress(text: string): string | null {
  if (!/^https?:\/\/[^\s]+$/i.test(text) || !URL.canParse(text)) return null;
  return text;
}

/**
 * What stands between `<` and `>`.
 * @returns null when it means nothing to Slack, so that it is shown as it was written
 */
export function angle(inside: string): Token | null {
  const bar = inside.indexOf('|');
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? null : decoded(inside.slice(bar + 1));
  if (target.startsWith('@')) return named('user', target, label);
  if (target.startsWith('#')) return named('channel', target, label);
  if (target.startsWith('!')) return special(target.slice(1), label);
  const url = webAddress(decoded(target));
  return url === null ? null : { kind: 'link', url, label: label || url };
}

function named(kind: 'user' | 'channel', target: string, label: string | null): Token | null {
  const id = target.slice(1);
  return /^[A-Z0-9]+$/.test(id) ? { kind, id, label } : null;
}

function special(command: string, label: string | null): Token | null {
  if (/^(here|channel|everyone)$/.test(command)) return { kind: 'broadcast', name: command };
  const group = /^subteam\^([A-Z0-9]+)$/.exec(command);
  if (group?.[1] !== undefined) return { kind: 'group', id: group[1], label };
  return date(command, label);
}

/** `date^<seconds>^<format>[^<link>]`, with the fallback as its label. */
function date(command: string, label: string | null): Token | null {
  const match = /^date\^(\d{1,13})\^([^^]+)(?:\^([^^]+))?$/.exec(command);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  return {
    kind: 'date',
    seconds: Number(match[1]),
    format: decoded(match[2]),
    url: match[3] === undefined ? null : webAddress(decoded(match[3])),
    fallback: label ?? '',
  };
}
