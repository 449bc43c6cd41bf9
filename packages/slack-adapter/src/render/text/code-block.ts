import { broken, cut, escapeEntities, widthOf } from './clean.ts';

/** JSON in code blocks. A backtick in it is written as JSON's `\u0060`: the same text, which can't end the block. */

const FENCE = '```';

export interface CodeBlock {
  /** mrkdwn */
  readonly text: string;
  readonly isCut: boolean;
}

/** Room for the line that says how much is missing. */
const MORE = 24;

/** The first lines of a JSON text, as many as fit, and how many more there are. @param lines as `jsonLines` gives them */
export function codeBlock(
  lines: readonly string[],
  max: { readonly width: number; readonly lines: number },
): CodeBlock {
  const kept: string[] = [];
  let left = max.width - fenced('').length - 2 - MORE;
  for (const line of lines) {
    if (kept.length === max.lines || left <= 10) break;
    const safe = withoutBackticks(line);
    const shown = cut(safe, left - 2);
    kept.push(escapeEntities(shown));
    if (shown !== safe)
      return { text: fenced([...kept, ...more(lines.length - kept.length)].join('\n')), isCut: true };
    left -= widthOf(safe) + 2;
  }
  const missing = lines.length - kept.length;
  return { text: fenced([...kept, ...more(missing)].join('\n')), isCut: missing > 0 };
}

function more(missing: number): string[] {
  return missing === 0 ? [] : [`… ${missing} more line${missing === 1 ? '' : 's'}`];
}

/** All lines as blocks of at most `width` each, until `total` is used up; longer lines are broken. */
export function codeBlocks(
  lines: readonly string[],
  max: { readonly width: number; readonly total: number },
): { readonly texts: string[]; readonly isCut: boolean } {
  const room = max.width - fenced('').length - 2;
  const texts: string[] = [];
  let block: string[] = [];
  let used = 0;
  let total = 0;
  for (const piece of pieces(lines, room - 2)) {
    const width = widthOf(piece) + 2;
    total += width;
    if (total > max.total) return { texts: [...texts, closed(block)], isCut: true };
    if (used + width > room) {
      texts.push(closed(block));
      block = [];
      used = 0;
    }
    block.push(escapeEntities(piece));
    used += width;
  }
  return { texts: [...texts, closed(block)], isCut: false };
}

/** An escape such as `\n` or `\u0060` stays whole. */
const UNITS = /\\u[0-9a-f]{4}|\\.|./gsu;

function pieces(lines: readonly string[], room: number): string[] {
  return lines.flatMap((line) => broken(withoutBackticks(line).match(UNITS) ?? [], room));
}

function withoutBackticks(line: string): string {
  return line.replaceAll('`', '\\u0060');
}

function closed(block: readonly string[]): string {
  return fenced(block.join('\n'));
}

function fenced(text: string): string {
  return `${FENCE}\n${text}\n${FENCE}`;
}
