/**
 * Characters that nobody sees, or that change how their neighbours read: controls, zero-width and bidirectional
 * marks, fillers. A line break is none of them.
 */
export const INVISIBLE = /(?![\n\r])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Words of somebody else as one line of what can be seen: nothing invisible, single spaces. May be empty. */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(INVISIBLE, (mark) => (/\s/.test(mark) ? ' ' : ''))
    .replace(/\s+/g, ' ')
    .trim();
}

export function escapeEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * How many characters a text takes up at most, however Slack counts them: written as entities, within JSON. Never
 * less than its UTF-16 length.
 */
export function widthOf(text: string): number {
  return jsonWidth(escapeEntities(text));
}

/** Characters of a text within JSON. */
export function jsonWidth(text: string): number {
  return JSON.stringify(text).length - 2;
}

/** At most `max` wide, by whole characters, ending in "…" when something is missing. */
export function cut(text: string, max: number): string {
  if (text.length <= max && widthOf(text) <= max) return text;
  let kept = '';
  let width = 0;
  for (const char of text) {
    width += widthOf(char);
    if (width > max - 1) break;
    kept += char;
  }
  return `${kept.trimEnd()}…`;
}

/** The whole text in pieces of at most `max` wide. @param units what must stay whole, such as characters */
export function broken(units: Iterable<string>, max: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let width = 0;
  for (const unit of units) {
    const wide = widthOf(unit);
    if (width + wide > max && piece !== '') {
      pieces.push(piece);
      piece = '';
      width = 0;
    }
    piece += unit;
    width += wide;
  }
  return [...pieces, piece];
}
