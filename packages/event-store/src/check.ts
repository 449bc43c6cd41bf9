import { type EventFilter, type ExpectedRevision, type NewEvent, StoreError } from './port.ts';

/** The text of one append (names, data and metadata of all its events) may have so many bytes, in every store. */
export const MAX_APPEND_BYTES = 1_000_000;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Refuses an append that no store may take, so that all stores refuse the same ones.
 * @returns an upper bound of its bytes in UTF-8, exact where the limit is near
 * @throws StoreError `refused`
 */
export function checkAppend(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): number {
  checkStream(stream);
  if (expected !== 'no_stream') checkRevision('expected revision', expected);
  if (events.length === 0) throw refused(`an append to ${stream} must hold at least one event`);
  let characters = stream.length;
  for (const event of events) {
    checkEvent(stream, event);
    characters += event.type.length + event.data.length + event.metadata.length;
  }
  if (events.length > 1 && new Set(events.map((event) => event.id)).size < events.length) {
    throw refused(`an append to ${stream} holds the same event id twice`);
  }
  // One UTF-16 unit is at most three bytes of UTF-8.
  return characters * 3 <= MAX_APPEND_BYTES ? characters * 3 : checkSize(stream, events);
}

/** @throws StoreError `refused` */
export function checkStream(stream: string): void {
  if (stream === '') throw refused('the name of a stream must not be empty');
  if (!stream.isWellFormed()) throw refused('the name of a stream must be well-formed Unicode');
}

/** @throws StoreError `refused` unless the number is whole and not negative */
export function checkRevision(what: string, revision: number): void {
  if (!Number.isSafeInteger(revision) || revision < 0) {
    throw refused(`${what} ${revision}: a whole number from 0 is needed`);
  }
}

/** @throws StoreError `refused` unless the number is whole and positive */
export function checkLimit(what: string, limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw refused(`${what} ${limit}: a whole number from 1 is needed`);
  }
}

/** @throws StoreError `refused` for a filter that could match nothing */
export function checkFilter(filter: EventFilter | undefined): void {
  if (filter?.categories?.length === 0)
    throw refused('a filter with an empty list of categories matches nothing');
  if (filter?.types?.length === 0) throw refused('a filter with an empty list of types matches nothing');
  const dashed = filter?.categories?.find((category) => category.includes('-'));
  if (dashed !== undefined) throw refused(`category ${dashed}: a category ends before the first dash`);
}

function checkEvent(stream: string, event: NewEvent): void {
  if (!UUID.test(event.id)) throw refused(`event id ${event.id} (${stream}): a UUID in lower case is needed`);
  if (event.type === '') throw refused(`event ${event.id} (${stream}): the type must not be empty`);
  // A lone surrogate has no UTF-8 form: what is kept would not be what was hashed.
  if (!event.type.isWellFormed() || !event.data.isWellFormed() || !event.metadata.isWellFormed()) {
    throw refused(`event ${event.id} (${stream}): type, data and metadata must be well-formed Unicode`);
  }
}

function checkSize(stream: string, events: readonly NewEvent[]): number {
  let bytes = Buffer.byteLength(stream);
  for (const { type, data, metadata } of events) {
    bytes += Buffer.byteLength(type) + Buffer.byteLength(data) + Buffer.byteLength(metadata);
  }
  if (bytes > MAX_APPEND_BYTES) {
    throw refused(`an append to ${stream} has ${bytes} bytes; at most ${MAX_APPEND_BYTES} are allowed`);
  }
  return bytes;
}

function refused(message: string): StoreError {
  return new StoreError('refused', message);
}
