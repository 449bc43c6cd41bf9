import {
  eventSchemas,
  type LedgerEvent,
  type LedgerEventType,
  type Metadata,
  MetadataSchema,
} from './catalogue.ts';
import { newestVersion, upcast } from './upcast.ts';

/** An event read from a store that this program does not know or cannot trust. */
export class UnreadableEvent extends Error {
  constructor(where: string, why: string, options?: { cause?: unknown }) {
    super(`${where}: ${why}`, options);
    this.name = 'UnreadableEvent';
  }
}

/** What a codec needs of a stored event; the store's RecordedEvent fits. */
export interface StoredBody {
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

export function isLedgerEventType(type: string): type is LedgerEventType {
  return Object.hasOwn(eventSchemas, type);
}

/**
 * Stored text → the newest shape of the event, checked against its schema.
 * @throws UnreadableEvent for unknown types, broken JSON, and bodies that do not fit their schema.
 */
export function decodeEvent(stored: StoredBody): LedgerEvent {
  const where = `${stored.type} at ${stored.stream}@${stored.revision}`;
  const event = parseEvent(stored);
  const checked = eventSchemas[event.type].safeParse(event.data);
  if (!checked.success) {
    throw new UnreadableEvent(
      where,
      checked.error.issues.map((i) => `${i.path.join('.')} ${i.message}`).join('; '),
    );
  }
  return event;
}

/**
 * The same without the schema check, for views that read millions of events which were checked when written.
 * @throws UnreadableEvent for unknown types, unknown versions and broken JSON.
 */
export function parseEvent(stored: StoredBody): LedgerEvent {
  const where = `${stored.type} at ${stored.stream}@${stored.revision}`;
  if (!isLedgerEventType(stored.type)) throw new UnreadableEvent(where, 'unknown event type');
  const type = stored.type;
  const version = schemaVersionOf(stored.metadata, where);
  if (version > newestVersion(type))
    throw new UnreadableEvent(where, `schema version ${version} is newer than this program`);
  const data = parseJson(stored.data, where);
  return { type, data: version === newestVersion(type) ? data : upcast(type, version, data) } as LedgerEvent;
}

/** @throws UnreadableEvent */
export function decodeMetadata(stored: StoredBody): Metadata {
  const where = `metadata of ${stored.type} at ${stored.stream}@${stored.revision}`;
  const checked = MetadataSchema.safeParse(parseJson(stored.metadata, where));
  if (!checked.success) throw new UnreadableEvent(where, checked.error.message);
  return checked.data;
}

function schemaVersionOf(metadata: string, where: string): number {
  // Reading one number must not cost a whole parse; canonical JSON has exactly this spelling.
  const found = /"schemaVersion":(\d+)/.exec(metadata);
  if (!found) throw new UnreadableEvent(where, 'metadata names no schemaVersion');
  return Number(found[1]);
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UnreadableEvent(where, 'body is not JSON', { cause });
  }
}
