import { type EventStore, type Position, type RecordedEvent, StoreError } from '@countersign/event-store';
import type { ProjectionLog } from '../runtime/log.ts';
import type { Ring } from './ring.ts';
import type { FeedItem, FeedListener, FeedSignal, FeedSubscribe, LiveFeed } from './types.ts';

export interface SubscribersOptions {
  readonly store: EventStore;
  readonly ring: Ring;
  readonly categories: readonly string[];
  readonly prepare: (recorded: RecordedEvent) => Promise<FeedItem>;
  readonly log: ProjectionLog;
}

export interface Subscribers {
  readonly subscribe: LiveFeed['subscribe'];
  deliver(item: FeedItem): void;
  readonly count: number;
  close(): void;
}

interface Stream {
  readonly filter: ((item: FeedItem) => boolean) | undefined;
  readonly listener: FeedListener;
  /** Everything up to here was given, or is not wanted. */
  after: Position;
  open: boolean;
}

/** Old events are read in pages of this many. */
const PAGE = 500;

/**
 * The streams. One that resumes reads the log until what it lacks is in the ring; taking that and joining the live
 * streams then happens in one turn of the event loop, between two deliveries, so that nothing is missed or doubled.
 */
export function createSubscribers({
  store,
  ring,
  categories,
  prepare,
  log,
}: SubscribersOptions): Subscribers {
  const live = new Set<Stream>();
  const all = new Set<Stream>();
  let newest: Position = ring.floor;

  function end(stream: Stream): void {
    stream.open = false;
    live.delete(stream);
    all.delete(stream);
  }

  function tell(stream: Stream, signal: FeedSignal): void | Promise<void> {
    if (!stream.open) return;
    if (signal.kind === 'event') {
      if (signal.item.position <= stream.after) return;
      stream.after = signal.item.position;
      if (stream.filter && !stream.filter(signal.item)) return;
    }
    return stream.listener(signal);
  }

  /** A stream whose listener throws is broken: it ends, the others go on. */
  function tellLive(stream: Stream, signal: FeedSignal): void {
    try {
      const told = tell(stream, signal);
      if (told) told.catch((error: unknown) => broken(stream, error));
    } catch (error) {
      broken(stream, error);
    }
  }

  function broken(stream: Stream, error: unknown): void {
    end(stream);
    log('error', 'a stream of the live feed failed and was ended', { error: String(error) });
  }

  function join(stream: Stream): void {
    for (const item of ring.after(stream.after)) tellLive(stream, { kind: 'event', item });
    tellLive(stream, { kind: 'live' });
    if (stream.open) live.add(stream);
  }

  async function replay(stream: Stream): Promise<void> {
    let read = stream.after;
    while (stream.open && read < ring.floor) {
      const page = await store.readLog(read, PAGE, { categories });
      for (const recorded of page.events) {
        if (!stream.open) return;
        await tell(stream, { kind: 'event', item: await prepare(recorded) });
      }
      if (page.position <= read) break;
      read = page.position;
    }
    join(stream);
  }

  /** Why a position is no place of this ledger; undefined when it may be one. */
  async function foreign(after: Position): Promise<string | undefined> {
    try {
      if (after > (await store.head())) return 'it lies beyond the end of the log';
      await store.readLog(after, 1, { categories });
      return undefined;
    } catch (error) {
      if (error instanceof StoreError && error.kind === 'refused') return error.message;
      throw error;
    }
  }

  async function resume(stream: Stream, after: Position): Promise<void> {
    try {
      const reason = await foreign(after);
      if (reason === undefined) return await replay(stream);
      await tell(stream, { kind: 'reset', reason });
    } catch (error) {
      if (!(error instanceof StoreError)) return broken(stream, error);
      tellLive(stream, { kind: 'failed', error });
    }
    end(stream);
  }

  return {
    subscribe({ after, filter }: FeedSubscribe, listener: FeedListener) {
      const stream: Stream = { filter, listener, after: after ?? newest, open: true };
      all.add(stream);
      if (after === undefined) live.add(stream);
      else void resume(stream, after);
      return () => end(stream);
    },
    deliver(item) {
      newest = item.position;
      for (const stream of live) tellLive(stream, { kind: 'event', item });
    },
    get count() {
      return all.size;
    },
    close() {
      for (const stream of [...all]) end(stream);
    },
  };
}
