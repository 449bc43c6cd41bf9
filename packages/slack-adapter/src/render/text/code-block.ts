import { broken, cut, escapeEntities, widthOf } from './clean.ts';

/** JSON in code blocks. A backtick in it is written as JSON's `\u0060`: the same text, which can't end the block. */

const FENCE = '```';

export interface CodeBlock {
  /** mrkdwn */
  readonly text: string;
  readonly isCut: boolean;
}

/** The first lines of a JSON text, as many as fit. @param lines as `jsonLines` gives them */
export function codeBlock(
  lines: readonly string[],
  max: { readonly width: number; readonly lines: number },
): CodeBlock {
  const kept: string[] = [];
  let left = max.width - fenced('').length - 2;
  for (const line of lines) {
    const safe = withoutBackticks(line);
    // Room for a line break, and for the line that says that something is missing.
    const shown = cut(safe, left - 3);
    if (kept.length === max.lines || left <= 20)
      return { text: fenced([...kept, '…'].join('\n')), isCut: true };
    kept.push(escapeEntities(shown));
    if (shown !== safe) return { text: fenced(kept.join('\n')), isCut: true };
    left -= widthOf(safe) + 2;
  }
  return { text: fenced(kept.join('\n')), isCut: false };
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
