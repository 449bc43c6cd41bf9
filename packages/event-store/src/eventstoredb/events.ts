import type { AllStreamRecordedEvent, RecordedEvent as ClientEvent, EventData } from '@eventstore/db-client';
import type { EventFilter, NewEvent, Position, RecordedEvent } from '../port.ts';
import { categoryOf, StoreError } from '../port.ts';
import { isCanonical, printCanonical } from './canonical.ts';
import { positionOf, revisionOf } from './positions.ts';

const encoder = new TextEncoder();
const exactly = new TextDecoder('utf-8', { ignoreBOM: true });
const withoutMark = new TextDecoder();
const BYTE_ORDER_MARK = '\ufeff';

/**
 * The event as the client is to send it, its texts byte for byte.
 *
 * The body goes as `application/octet-stream`: the client would parse and print a JSON one again, and what comes back
 * would not be the bytes that were hashed. Metadata has no content type, and the client parses whatever parses as
 * JSON. Canonical JSON survives that, for it is what one gets by printing it canonically again; this is tried, not
 * supposed. Any other text is sent behind a byte order mark, which JSON.parse does not take, so that the client
 * hands it back as bytes (slowly, by a caught error).
 */
export function toEventData({ id, type, data, metadata }: NewEvent): EventData {
  return {
    id,
    type,
    contentType: 'application/octet-stream',
    data: encoder.encode(data),
    metadata: encoder.encode(isCanonical(metadata) ? metadata : BYTE_ORDER_MARK + metadata),
  };
}

/**
 * The event as the port gives it. Events that others wrote may have JSON bodies, no metadata, or neither text nor
 * JSON; they come out as some text and are the reader's to refuse.
 */
export function toRecordedEvent(event: ClientEvent, position: Position): RecordedEvent {
  return {
    id: event.id,
    type: event.type,
    data: textOf(event.data, exactly),
    metadata: textOf(event.metadata, withoutMark),
    stream: event.streamId,
    revision: revisionOf(event.revision),
    position,
    storedAt: event.created.getTime(),
  };
}

/**
 * Where the event stands in the log. Servers say it for every read since 22.6, in `$all` always.
 * @throws StoreError `refused` for an older server
 */
export function placeOf(event: ClientEvent | AllStreamRecordedEvent): Position {
  if (!event.position) {
    const text = `the server gave event ${event.id} without its position; version 22.6 or later is needed`;
    throw new StoreError('refused', text);
  }
  return positionOf(event.position);
}

/**
 * Whether a reader of the log wants the event. What the server writes itself — statistics, stream metadata,
 * tombstones, links — is nobody's: its type or its stream begins with `$`.
 */
export function matcher(filter: EventFilter | undefined): (event: ClientEvent) => boolean {
  const categories = filter?.categories && new Set(filter.categories);
  const types = filter?.types && new Set(filter.types);
  return ({ streamId, type }) =>
    !isSystem(streamId, type) &&
    (!categories || categories.has(categoryOf(streamId))) &&
    (!types || types.has(type));
}

export function isSystem(stream: string, type: string): boolean {
  return type.startsWith('$') || stream.startsWith('$');
}

function textOf(value: unknown, decoder: typeof exactly): string {
  if (value instanceof Uint8Array) return decoder.decode(value);
  return value === undefined ? '{}' : printCanonical(value);
}
