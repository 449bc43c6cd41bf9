import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '@countersign/event-store';
import {
  createLiveFeed,
  type FeedListener,
  type LiveFeed,
  type ProjectionLog,
} from '@countersign/projections';

const RETRY_MS = 1000;

/**
 * A live feed that begins as soon as the ledger can be reached. Until then streams are told that it failed, which
 * lets their clients come again, and whoever waits for one request is connected once it has begun.
 */
export function feedWhenReachable(store: EventStore, log: ProjectionLog): LiveFeed {
  const stop = new AbortController();
  const waiting = new Set<(feed: LiveFeed) => void>();
  let feed: LiveFeed | undefined;
  let reason = 'the ledger has not been reached yet';

  async function begin(): Promise<void> {
    while (!stop.signal.aborted && !feed) {
      try {
        feed = await createLiveFeed({ store, log });
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
        log('warn', 'the live feed waits for the ledger', { error: reason });
        await sleep(RETRY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      }
    }
    if (!feed) return;
    for (const connect of waiting) connect(feed);
    waiting.clear();
  }
  const beginning = begin();

  return {
    subscribe(options, listener) {
      if (feed) return feed.subscribe(options, listener);
      return failSoon(listener, reason);
    },
    onRequest(requestId, listener) {
      if (feed) return feed.onRequest(requestId, listener);
      let end = () => {};
      const connect = (begun: LiveFeed) => {
        end = begun.onRequest(requestId, listener);
      };
      waiting.add(connect);
      return () => {
        waiting.delete(connect);
        end();
      };
    },
    health: () =>
      feed?.health() ?? { status: 'unavailable', position: '', subscribers: 0, waiters: 0, detail: reason },
    async close() {
      stop.abort();
      await beginning;
      await feed?.close();
    },
  };
}

function failSoon(listener: FeedListener, reason: string): () => void {
  const timer = setImmediate(() => void listener({ kind: 'failed', error: new Error(reason) }));
  return () => clearImmediate(timer);
}
