import type { KnownBlock } from '@slack/types';
import { jsonWidth } from '../text/clean.ts';
import { mrkdwn } from '../text/mrkdwn.ts';
import type { Drawn, Happened, Picture } from '../types.ts';
import { threadLine } from './thread-line.ts';

const MAX_LINES = 20;
const MAX_SECTION = 2800;
/** As for the request's message: all of it, and of the notification. */
const MAX_JSON = 11_000;
const MAX_TEXT = 3000;

/** What happened, a line for each step, in order; null where none of it is told. Of too many steps, the newest. */
export function threadReply(picture: Picture, happened: readonly Happened[]): Drawn | null {
  const lines = happened.map((one) => threadLine(picture, one)).filter((line) => line !== null);
  if (lines.length === 0) return null;
  const shown = newest(lines);
  const missing = lines.length - shown.length;
  const told = missing === 0 ? shown : [`… and ${missing} earlier steps`, ...shown];
  return { text: fitting(told, MAX_TEXT).join('\n'), blocks: sections(told) };
}

function newest(lines: readonly string[]): readonly string[] {
  const room = lines.length > MAX_LINES ? MAX_LINES - 1 : MAX_LINES;
  const kept = fitting(lines.slice(-room).toReversed(), MAX_JSON);
  return kept.toReversed();
}

/** As many from the first on as fit, one at least. */
function fitting(lines: readonly string[], max: number): string[] {
  const kept: string[] = [];
  let width = 0;
  for (const line of lines) {
    width += jsonWidth(line) + 2;
    if (kept.length > 0 && width > max) break;
    kept.push(line);
  }
  return kept;
}

function sections(lines: readonly string[]): KnownBlock[] {
  const blocks: KnownBlock[] = [];
  for (let rest = lines; rest.length > 0; ) {
    const part = fitting(rest, MAX_SECTION);
    blocks.push({ type: 'section', text: mrkdwn(part.join('\n')) });
    rest = rest.slice(part.length);
  }
  return blocks;
}
