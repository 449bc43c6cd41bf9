import { setImmediate } from 'node:timers/promises';
import type { AllStreamRecordedEvent } from '@eventstore/db-client';
import type { LogPage, Position, RecordedEvent, SubscribeOptions, SubscriptionBatch } from '../port.ts';
import { reasonOf, storeError } from './errors.ts';
import { matcher, placeOf, toRecordedEvent } from './events.ts';
import { type Feed, openFeed } from './feed.ts';
import type { DropReason } from './options.ts';
import type { Host } from './subscribe.ts';

/** Where a subscriber stands, over all the calls that its subscription takes. */
export interface Place {
  /** Everything up to here was given, or is none of the subscriber's. */
  position: Position;
  /** The last event received. What comes again after a reconnect is at or before it. */
  lastEvent: Position;
  /** Calls lost since the last sign of life. */
  attempts: number;
}

/** How a subscription call was lost. */
export interface Drop {
  readonly reason: DropReason;
  readonly detail: string;
}

const DEFAULT_BATCH = 1000;

/**
 * Gives what one subscription call brings, moving `place` along, until the call is lost or the signal aborts.
 *
 * Silence proves nothing: a server may have nothing to say, or have dropped the subscription and left the call open.
 * So after a while of it the log itself is read on from the subscriber's place. Where nothing matches, the
 * subscriber's position moves to the end of what was read — this also stands in for the "caught up" that old
 * servers never send. Where something does match, or the log cannot be read, and silence lasts as long again, the call
 * counts as dead.
 */
export async function* follow(
  host: Host,
  options: SubscribeOptions,
  place: Place,
  stop: AbortSignal,
): AsyncGenerator<SubscriptionBatch, Drop | undefined> {
  const { settings } = host;
  const client = host.connection.client();
  const feed = openFeed(client, place.position, options.filter, settings.bufferSize, stop);
  const receive = receiver(host, options, place);
  // A server that is slow to begin must not be left again and again before it gets there.
  const patience = settings.watchdogMs * 2 ** Math.min(place.attempts, 5);
  let atHead = false;
  let suspect = false;
  let scanning = false;
  let told = { position: place.position, caughtUp: false };

  try {
    while (!stop.aborted) {
      let events: RecordedEvent[] = [];
      const step = feed.take(options.maxBatch ?? DEFAULT_BATCH);
      if (step) {
        events = receive(step.events, step.marker?.position);
        atHead = step.marker?.atHead ?? atHead;
        place.attempts = 0;
        suspect = false;
      } else {
        const end = feed.ended();
        if (end) return lost(end);
        if (!scanning && (await feed.wait(suspect || atHead ? patience : settings.settleMs))) {
          // What comes together is given together: one turn of the event loop brings many events.
          await setImmediate();
          continue;
        }
        const found = await look(host, options, place, feed);
        if (found === 'arrived' || stop.aborted) continue;
        const owed = found === 'unreadable' || found.events.length > 0;
        if (owed && suspect) {
          settings.signals.onWatchdog?.();
          return {
            reason: 'watchdog',
            detail: `nothing came behind '${place.position}' though the log went on`,
          };
        }
        suspect = owed;
        scanning = !owed && !found.end;
        if (!owed) {
          place.position = found.position;
          atHead ||= found.end;
        }
      }
      const caughtUp = atHead && feed.empty();
      if (events.length === 0 && told.position === place.position && told.caughtUp === caughtUp) continue;
      told = { position: place.position, caughtUp };
      yield { events, ...told };
    }
  } finally {
    feed.close();
  }
  return undefined;
}

/** Picks the subscriber's events out of what came, and moves its place over all of it. */
function receiver(host: Host, { filter }: SubscribeOptions, place: Place) {
  const matches = matcher(filter);
  return (received: readonly AllStreamRecordedEvent[], checkpoint?: Position): RecordedEvent[] => {
    const events: RecordedEvent[] = [];
    for (const event of received) {
      const at = placeOf(event);
      if (at <= place.lastEvent) continue;
      if (matches(event)) {
        if (at <= place.position) {
          const text = `event ${event.id} came behind the checkpoint '${place.position}' of its own subscription`;
          host.settings.signals.onWarning?.(text);
        }
        events.push(toRecordedEvent(event, at));
      }
      place.lastEvent = at;
      if (at > place.position) place.position = at;
    }
    if (checkpoint && checkpoint > place.position && host.trustCheckpoints()) place.position = checkpoint;
    return events;
  };
}

/** Reads the log on from where the subscriber stands, unless the subscription itself brings something first. */
async function look(
  host: Host,
  { filter }: SubscribeOptions,
  { position }: Place,
  feed: Feed,
): Promise<LogPage | 'unreadable' | 'arrived'> {
  const page = host.look(position, filter).catch(() => 'unreadable' as const);
  const found = await Promise.race([page, feed.wait(host.settings.readTimeoutMs * 2)]);
  // What was read may be what has arrived meanwhile.
  return typeof found === 'boolean' || !feed.empty() || feed.ended() ? 'arrived' : found;
}

/** @throws StoreError `refused` where subscribing again would only be refused again */
function lost({ error }: { readonly error?: unknown }): Drop {
  if (error === undefined) return { reason: 'ended', detail: 'the server ended the subscription' };
  const judged = storeError(error, 'read', 'subscribing to the log');
  if (judged.kind === 'refused') throw judged;
  return { reason: 'error', detail: reasonOf(error) };
}
