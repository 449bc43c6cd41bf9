import {
  type AllStreamRecordedEvent,
  type AllStreamSubscription,
  type EventStoreDBClient,
  eventTypeFilter,
  excludeSystemEvents,
  type Filter,
  type Position as LogPosition,
  streamNameFilter,
} from '@eventstore/db-client';
import type { EventFilter, Position } from '../port.ts';
import { parsePosition, positionOf } from './positions.ts';

/** What lies next in a subscription: events, then perhaps a marker that came right behind them. */
export interface Step {
  readonly events: readonly AllStreamRecordedEvent[];
  readonly marker?: Marker;
}

export interface Marker {
  /** A checkpoint: the server has considered everything up to here. */
  position?: Position;
  /** The subscriber stands at the head of the log, or (false) no longer does. */
  atHead?: boolean;
}

/** One subscription call, as a queue that its reader empties at its own pace. */
export interface Feed {
  /** What has arrived: at most so many events, and never anything behind the first marker. Does not wait. */
  take(max: number): Step | undefined;
  /** Whether `take` has given everything that arrived. */
  empty(): boolean;
  /** True as soon as something arrives, the call ends or the signal aborts; false after so many milliseconds. */
  wait(ms: number): Promise<boolean>;
  /** How the call ended, once it has and everything was taken. */
  ended(): { readonly error?: unknown } | undefined;
  close(): void;
}

/** The server sends a checkpoint after so many search windows (32 entries each) without one. */
const CHECKPOINT_INTERVAL = 4;

/**
 * Subscribes behind a position. The client announces checkpoints and "caught up" while they pass through it, ahead of
 * the events that still wait in its buffer. So nothing is done in its callbacks but to note how many events come
 * before; the marker is given out once that many were taken. The events themselves stay in the client's bounded
 * buffer until asked for, and the server is held back when it is full.
 */
export function openFeed(
  client: EventStoreDBClient,
  after: Position,
  filter: EventFilter | undefined,
  bufferSize: number,
  signal: AbortSignal,
): Feed {
  const markers: (Marker & { behind: number })[] = [];
  let taken = 0;
  let end: { error?: unknown } | undefined;
  let wake: ((arrived: boolean) => void) | undefined;
  const notify = (): void => wake?.(true);
  signal.addEventListener('abort', notify);
  const mark = (marker: Marker): void => {
    const behind = taken + subscription.readableLength;
    const last = markers.at(-1);
    // Markers with no event between them are one: the list stays as short as the buffer.
    if (last?.behind === behind) Object.assign(last, marker);
    else markers.push({ ...marker, behind });
    notify();
  };
  const ended = (how: { error?: unknown }): void => {
    end ??= how;
    notify();
  };

  const subscription: AllStreamSubscription = client.subscribeToAll(
    {
      fromPosition: parsePosition(after),
      // A callback that throws would stall the subscription without a word; this one cannot.
      filter: serverFilter(filter, (position) => mark({ position: positionOf(position) })),
    },
    { highWaterMark: bufferSize },
  );
  subscription.on('caughtUp', () => mark({ atHead: true }));
  subscription.on('fellBehind', () => mark({ atHead: false }));
  subscription.on('readable', notify);
  subscription.on('error', (error) => ended({ error }));
  subscription.on('end', () => ended({}));
  subscription.on('close', () => ended({}));

  return {
    take(max) {
      const events: AllStreamRecordedEvent[] = [];
      while (events.length < max && (markers[0]?.behind ?? Infinity) > taken) {
        const resolved = subscription.read();
        if (resolved === null) break;
        taken++;
        if (resolved.event) events.push(resolved.event);
      }
      const due = markers[0] && markers[0].behind <= taken ? markers.shift() : undefined;
      if (due) return { events, marker: due };
      return events.length > 0 ? { events } : undefined;
    },
    empty: () => markers.length === 0 && subscription.readableLength === 0,
    wait(ms) {
      // A wait that is still under way was given up by its caller.
      wake?.(false);
      return new Promise((resolve) => {
        const timer = setTimeout(() => wake?.(false), ms);
        wake = (arrived) => {
          clearTimeout(timer);
          wake = undefined;
          resolve(arrived);
        };
      });
    },
    ended: () => end,
    close() {
      signal.removeEventListener('abort', notify);
      wake?.(false);
      subscription.destroy();
      // Without this the call stays open on the server. Rejects only where there never was a call.
      subscription.unsubscribe().catch(() => undefined);
    },
  };
}

/**
 * The server filters by stream names or by event types, not by both, and only by prefix: it keeps out what it can, and
 * the exact filter follows. A category may be a whole stream's name (`policy`), so the prefix is without the dash.
 */
function serverFilter(filter: EventFilter | undefined, reached: (position: LogPosition) => void): Filter {
  const options = {
    checkpointInterval: CHECKPOINT_INTERVAL,
    checkpointReached: (_: AllStreamSubscription, position: LogPosition) => reached(position),
  };
  if (filter?.categories) return streamNameFilter({ ...options, prefixes: [...filter.categories] });
  if (filter?.types) return eventTypeFilter({ ...options, prefixes: [...filter.types] });
  return excludeSystemEvents(options);
}
