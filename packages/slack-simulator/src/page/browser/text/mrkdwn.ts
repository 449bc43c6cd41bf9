import { angle, decoded, webAddress } from './angle.ts';
import type { Token } from './tokens.ts';

/**
 * Takes Slack's mrkdwn apart. Pure, total, and done in time proportional to the text.
 * @param text as it was posted: `&`, `<` and `>` escaped
 */
export function mrkdwn(text: string): readonly Token[] {
  return joined(fences(text));
}

/** Code blocks come first: nothing within them is markup. */
function fences(text: string): Token[] {
  const tokens: Token[] = [];
  let from = 0;
  for (;;) {
    const open = text.indexOf('```', from);
    const close = open < 0 ? -1 : text.indexOf('```', open + 3);
    if (close < 0) break;
    tokens.push(...lines(text.slice(from, open)));
    tokens.push({ kind: 'pre', text: literal(text.slice(open + 3, close).replace(/^\n|\n$/g, '')) });
    from = close + 3;
    if (text[from] === '\n') from += 1;
  }
  tokens.push(...lines(text.slice(from)));
  return tokens;
}

/** Neighbouring lines that begin with `>` are one quotation. */
function lines(text: string): Token[] {
  const tokens: Token[] = [];
  let quoted: Token[] = [];
  const endQuote = (): void => {
    if (quoted.length > 0) tokens.push({ kind: 'quote', children: joined(quoted) });
    quoted = [];
  };
  for (const [index, line] of text.split('\n').entries()) {
    const quote = /^(?:&gt;|>) ?(.*)$/s.exec(line);
    if (quote?.[1] !== undefined) {
      if (quoted.length > 0) quoted.push({ kind: 'text', text: '\n' });
      quoted.push(...inline(quote[1]));
      continue;
    }
    // A quotation is a block of its own and needs no line break after it.
    if (index > 0 && quoted.length === 0) tokens.push({ kind: 'text', text: '\n' });
    endQuote();
    tokens.push(...inline(line));
  }
  endQuote();
  return tokens;
}

const MARKS: Readonly<Record<string, 'bold' | 'italic' | 'strike'>> = {
  '*': 'bold',
  _: 'italic',
  '~': 'strike',
};

/** Everything that stands within a line. */
function inline(text: string): Token[] {
  const tokens: Token[] = [];
  // A mark that nothing closes from one place on is closed from no later place either: looked for only once.
  const unclosed = new Set<string>();
  let plain = 0;
  let at = 0;
  while (at < text.length) {
    const found = tokenAt(text, at, unclosed);
    if (found === null) {
      at += 1;
      continue;
    }
    if (at > plain) tokens.push({ kind: 'text', text: decoded(text.slice(plain, at)) });
    tokens.push(found.token);
    at = found.end;
    plain = at;
  }
  if (plain < text.length) tokens.push({ kind: 'text', text: decoded(text.slice(plain)) });
  return tokens;
}

interface Found {
  readonly token: Token;
  /** First character after it. */
  readonly end: number;
}

function tokenAt(text: string, at: number, unclosed: Set<string>): Found | null {
  const char = text[at] ?? '';
  if (char === '<') return angleAt(text, at);
  if (char === ':') return emojiAt(text, at);
  if (char === 'h' || char === 'H') return addressAt(text, at);
  if (char !== '`' && MARKS[char] === undefined) return null;
  if (unclosed.has(char)) return null;
  if (!opens(text, at)) return null;
  const close = closing(text, at + 1, char);
  if (close < 0) {
    unclosed.add(char);
    return null;
  }
  const inside = text.slice(at + 1, close);
  const kind = MARKS[char];
  const token: Token =
    kind === undefined ? { kind: 'code', text: literal(inside) } : { kind, children: inline(inside) };
  return { token, end: close + 1 };
}

/** A mark opens after anything but a letter or digit, and before anything but space. */
function opens(text: string, at: number): boolean {
  return !isWord(text[at - 1]) && !isSpace(text[at + 1]) && text[at + 1] !== text[at];
}

/** First place where the mark closes what it opened: after anything but space, before anything but a letter or digit. */
function closing(text: string, from: number, mark: string): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '<' && mark !== '`') at = afterAngle(text, at);
    if (text[at] !== mark || at === from) continue;
    if ((mark === '`' || !isSpace(text[at - 1])) && !isWord(text[at + 1])) return at;
  }
  return -1;
}

/** First character after `<…>`, whose inside is no markup; the same place when nothing ends it. */
function afterAngle(text: string, at: number): number {
  ANGLE.lastIndex = at;
  return at + (ANGLE.exec(text)?.[0].length ?? 0);
}

const ANGLE = /<[^<>\n]*>/y;

function isWord(char: string | undefined): boolean {
  return char !== undefined && /[\p{L}\p{N}]/u.test(char);
}

function isSpace(char: string | undefined): boolean {
  return char === undefined || /\s/.test(char);
}

function angleAt(text: string, at: number): Found | null {
  const end = afterAngle(text, at);
  const token = end === at ? null : angle(text.slice(at + 1, end - 1));
  return token === null ? null : { token, end };
}

function emojiAt(text: string, at: number): Found | null {
  const match = /^:([a-z0-9_+'-]{1,60}):/.exec(text.slice(at, at + 62));
  if (match?.[1] === undefined || isWord(text[at - 1])) return null;
  return { token: { kind: 'emoji', name: match[1] }, end: at + match[0].length };
}

/** An address that was written without `<` and `>`; the punctuation after it is not part of it. */
function addressAt(text: string, at: number): Found | null {
  if (isWord(text[at - 1])) return null;
  const match = /^https?:\/\/[^\s<>|*`~"]+/i.exec(text.slice(at, at + LONGEST_ADDRESS));
  const written = match?.[0].replace(/&[lg]t;.*$/, '').replace(/[.,;:!?)\]}'_]+$/, '');
  const url = written === undefined ? null : webAddress(decoded(written));
  if (written === undefined || url === null) return null;
  return { token: { kind: 'link', url, label: url }, end: at + written.length };
}

const LONGEST_ADDRESS = 3000;

/** Code shows what stands in `<…>` by its label, and has no other markup. */
function literal(text: string): string {
  return text
    .split(/(<[^<>\n]+>)/)
    .map((part) => {
      const token = part.startsWith('<') ? angle(part.slice(1, -1)) : null;
      return token?.kind === 'link' ? token.label : decoded(part);
    })
    .join('');
}

/** Neighbouring texts become one. */
function joined(tokens: readonly Token[]): Token[] {
  const result: Token[] = [];
  for (const token of tokens) {
    const last = result.at(-1);
    if (token.kind === 'text' && last?.kind === 'text') {
      result[result.length - 1] = { kind: 'text', text: last.text + token.text };
    } else result.push(token);
  }
  return result;
}
