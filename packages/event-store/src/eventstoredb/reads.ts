import type { AllStreamResolvedEvent, ResolvedEvent, StreamingRead } from '@eventstore/db-client';
import { BACKWARDS, END, START as FIRST, FORWARDS } from '@eventstore/db-client';
import { type EventFilter, type LogPage, type Position, type RecordedEvent, START } from '../port.ts';
import type { Connection } from './connection.ts';
import { isStreamNotFound, NoAnswer } from './errors.ts';
import { isSystem, matcher, placeOf, toRecordedEvent } from './events.ts';
import { parsePosition } from './positions.ts';

/** A filtered page looks at no fewer log entries than this, so that a filter with few matches still gets on. */
const WINDOW = 1000;
/** So many of the newest log entries are looked at for one that the server did not write itself. */
const HEAD_WINDOW = 64;

/** Asks the leader: a follower may not have yet what was acknowledged a moment ago. */
const leader = { requiresLeader: true };

export async function readStream(
  connection: Connection,
  stream: string,
  from: number,
  timeoutMs: number,
  maxCount = Number.MAX_SAFE_INTEGER,
): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  const fromRevision = from === 0 ? FIRST : BigInt(from);
  const read = connection.client().readStream(stream, { ...leader, fromRevision, maxCount });
  try {
    await consume<ResolvedEvent>(read, `reading ${stream}`, timeoutMs, ({ event }) => {
      if (event) events.push(toRecordedEvent(event, placeOf(event)));
      return true;
    });
  } catch (error) {
    if (isStreamNotFound(error)) return [];
    throw error;
  }
  return events;
}

/** The client cannot filter a read on the server; the filter is applied here. */
export async function readLog(
  connection: Connection,
  after: Position,
  limit: number,
  filter: EventFilter | undefined,
  timeoutMs: number,
): Promise<LogPage> {
  const fromPosition = parsePosition(after);
  const matches = matcher(filter);
  const events: RecordedEvent[] = [];
  let position = after;
  let seen = 0;
  let more = false;
  // Reads include the entry at their start; and one entry behind the page tells whether it was the last.
  const maxCount = (filter ? Math.max(limit, WINDOW) : limit) + 2;

  const read = connection.client().readAll({ ...leader, direction: FORWARDS, fromPosition, maxCount });
  await consume<AllStreamResolvedEvent>(read, 'reading the log', timeoutMs, ({ event }) => {
    seen++;
    if (!event) return true;
    const place = placeOf(event);
    if (place <= after) return true;
    if (matches(event)) {
      more = events.length === limit;
      if (more) return false;
      events.push(toRecordedEvent(event, place));
    }
    position = place;
    return true;
  });
  return { events, position, end: !more && seen < maxCount };
}

/**
 * Position of the newest entry that is not the server's own, so that it stands still while nothing happens. Where the
 * server wrote all of the newest ones, the very newest: the position of a subscription gets there too.
 */
export async function head(connection: Connection, timeoutMs: number): Promise<Position> {
  let newest: Position | undefined;
  let ours: Position | undefined;
  const read = connection.client().readAll({
    ...leader,
    direction: BACKWARDS,
    fromPosition: END,
    maxCount: HEAD_WINDOW,
  });
  await consume<AllStreamResolvedEvent>(read, 'reading the head of the log', timeoutMs, ({ event }) => {
    if (!event) return true;
    newest ??= placeOf(event);
    if (!isSystem(event.streamId, event.type)) ours = placeOf(event);
    return ours === undefined;
  });
  return ours ?? newest ?? START;
}

/**
 * Gives each result to `take` until it says false, with a timer of its own around the whole: the client sets no
 * deadline on reads, and a server that stays connected and silent would hold them for ever. Iterating the client's
 * stream would not do either: once cancelled it neither ends nor fails.
 */
function consume<T>(
  read: StreamingRead<T>,
  what: string,
  timeoutMs: number,
  take: (result: T) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let settled = false;
    const settle = (error?: unknown): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      if (error === undefined) resolve();
      else reject(error);
    };
    const stop = (error?: unknown): void => {
      settle(error);
      read.destroy();
      // Rejects only where there never was a call to cancel.
      read.cancel().catch(() => undefined);
    };
    const timer = setTimeout(() => stop(new NoAnswer(what, timeoutMs)), timeoutMs);
    read.on('error', settle);
    read.on('end', () => settle());
    read.on('data', (result: T) => {
      if (settled) return;
      try {
        if (!take(result)) stop();
      } catch (error) {
        stop(error);
      }
    });
  });
}
