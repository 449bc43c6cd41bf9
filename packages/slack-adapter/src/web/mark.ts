import { isObject, stringIn } from './json.ts';
import type { ItemMark } from './types.ts';

const EVENT_TYPE = 'countersign_item';

/** Slack's message metadata for an item. */
export function metadataOf({ requestId, key }: ItemMark) {
  return { event_type: EVENT_TYPE, event_payload: { request_id: requestId, key } };
}

/** The mark in a message's metadata; null for messages of anybody else. */
export function markOf(metadata: unknown): ItemMark | null {
  if (!isObject(metadata) || metadata.event_type !== EVENT_TYPE) return null;
  const requestId = stringIn(metadata.event_payload, 'request_id');
  const key = stringIn(metadata.event_payload, 'key');
  return requestId === undefined || key === undefined ? null : { requestId, key };
}
