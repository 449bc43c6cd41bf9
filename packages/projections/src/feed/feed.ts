import { setTimeout as sleep } from 'node:timers/promises';
import { SHOWN_CATEGORIES } from '@countersign/domain';
import type { EventStore, Position, RecordedEvent } from '@countersign/event-store';
import { logToStderr, type ProjectionLog } from '../runtime/log.ts';
import { messageOf } from '../runtime/sqlite-error.ts';
import { feedItem, readEvent } from './item.ts';
import { createRing } from './ring.ts';
import { createScopes } from './scopes.ts';
import { createSubscribers } from './subscribers.ts';
import type { FeedItem, LiveFeed } from './types.ts';
import { createWaiters } from './waiters.ts';

export interface LiveFeedOptions {
  readonly store: EventStore;
  readonly log?: ProjectionLog;
  /** Events kept in memory for streams that resume; older ones are read from the log. Default 2000. */
  readonly ringSize?: number;
  /** Requests whose readers are kept in memory. Default 10,000. */
  readonly scopes?: number;
}

const CATEGORIES: readonly string[] = SHOWN_CATEGORIES;
/** Pauses before subscribing again after the store's subscription has failed for good. */
const RETRY_MS = [100, 500, 2000, 5000];

/**
 * Starts at the head of the log. One subscription serves every stream of the process.
 * @throws StoreError when the head cannot be read
 */
export async function createLiveFeed(options: LiveFeedOptions): Promise<LiveFeed> {
  const { store, log = logToStderr, ringSize = 2000 } = options;
  const start = await store.head();
  const ring = createRing(start, ringSize);
  const scopes = createScopes(store, options.scopes ?? 10_000);
  const prepare = async (recorded: RecordedEvent): Promise<FeedItem> => {
    const event = readEvent(recorded);
    return feedItem(recorded, event, await scopes.scopeOf(recorded, event));
  };
  const subscribers = createSubscribers({ store, ring, categories: CATEGORIES, prepare, log });
  const waiters = createWaiters(log);
  const stop = new AbortController();
  let position: Position = start;
  let failure: string | undefined;

  /** In the order of the log: into the ring, to the streams, to those who wait for the request. */
  async function follow(): Promise<void> {
    const filter = { categories: CATEGORIES };
    for await (const batch of store.subscribe({ after: position, filter, signal: stop.signal })) {
      for (const recorded of batch.events) {
        if (waiters.idle && subscribers.count === 0) {
          // Nobody listens: who comes later and wants this too reads it from the log.
          position = recorded.position;
          ring.restart(position);
          continue;
        }
        const item = await prepare(recorded);
        position = item.position;
        ring.push(item);
        subscribers.deliver(item);
        waiters.wake(item);
      }
      position = batch.position;
      failure = undefined;
    }
  }

  async function keepFollowing(): Promise<void> {
    for (let failures = 0; !stop.signal.aborted; failures++) {
      const before = position;
      try {
        await follow();
        if (stop.signal.aborted) return;
        failure = 'the subscription ended';
      } catch (error) {
        failure = messageOf(error);
      }
      if (position !== before) failures = 0;
      log('error', 'live feed lost its subscription; subscribing again', { position, error: failure });
      const pause = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)];
      await sleep(pause, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }

  const following = keepFollowing();

  return {
    subscribe: subscribers.subscribe,
    onRequest: waiters.onRequest,
    health: () => ({
      status: failure === undefined ? 'ok' : 'unavailable',
      position,
      subscribers: subscribers.count,
      waiters: waiters.count,
      ...(failure !== undefined && { detail: failure }),
    }),
    async close() {
      stop.abort();
      subscribers.close();
      waiters.close();
      await following;
    },
  };
}
