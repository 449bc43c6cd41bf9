import { checkFilter, checkLimit } from '../check.ts';
import type { SubscribeOptions, SubscriptionBatch } from '../port.ts';
import { type EventFilter, type LogPage, type Position, StoreError } from '../port.ts';
import type { Connection } from './connection.ts';
import { follow, type Place } from './follow.ts';
import type { Settings } from './options.ts';
import { parsePosition } from './positions.ts';
import { backoff, pause } from './timing.ts';

/** What a subscription needs of the store it belongs to. */
export interface Host {
  readonly connection: Connection;
  readonly settings: Settings;
  /** Aborts when the store closes. */
  readonly closing: AbortSignal;
  /** Whether the server's checkpoints may be believed; see versions.ts. */
  trustCheckpoints(): boolean;
  /** A page of the log with at most one event. */
  look(after: Position, filter: EventFilter | undefined): Promise<LogPage>;
}

/**
 * Follows the log from a position on, through as many subscription calls as it takes: the client never resubscribes, so
 * a lost call — failed, ended, or gone silent — is followed by another from where the subscriber stands.
 * @throws StoreError `refused` for options that make no sense or a server that denies access, `unavailable` once the
 *   store is closed
 */
export async function* subscribe(host: Host, options: SubscribeOptions): AsyncGenerator<SubscriptionBatch> {
  parsePosition(options.after);
  checkFilter(options.filter);
  if (options.maxBatch !== undefined) checkLimit('maxBatch', options.maxBatch);
  const { settings, closing } = host;
  const stop = AbortSignal.any([options.signal, closing]);
  const place: Place = { position: options.after, lastEvent: options.after, attempts: 0 };

  while (!stop.aborted) {
    const drop = yield* follow(host, options, place, stop);
    if (stop.aborted || !drop) break;
    place.attempts++;
    settings.signals.onResubscribe?.(drop.reason, place.attempts, drop.detail);
    await pause(backoff(place.attempts, settings.backoffMs, settings.maxBackoffMs), stop);
  }
  if (!options.signal.aborted) throw new StoreError('unavailable', 'the store is closed');
}
