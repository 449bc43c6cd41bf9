import { SlackError } from '../workspace/slack-error.ts';

export interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string;
}

/**
 * A part of a list, after the item that the cursor names.
 *
 * @param keyOf names an item for good, so that others may come and go meanwhile
 * @throws SlackError invalid_cursor
 */
export function pageOf<Item>(
  all: readonly Item[],
  keyOf: (item: Item) => string,
  limit: number,
  cursor: string | undefined,
): PageOf<Item> {
  const from = cursor === undefined ? 0 : indexAfter(all, keyOf, cursor);
  const items = all.slice(from, from + limit);
  const last = items.at(-1);
  const isMore = from + limit < all.length && last !== undefined;
  return { items, nextCursor: isMore ? Buffer.from(`next:${keyOf(last)}`).toString('base64') : '' };
}

function indexAfter<Item>(all: readonly Item[], keyOf: (item: Item) => string, cursor: string): number {
  const key = /^next:(.+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1];
  const index = all.findIndex((item) => keyOf(item) === key);
  if (key === undefined || index < 0) throw new SlackError('invalid_cursor');
  return index + 1;
}
