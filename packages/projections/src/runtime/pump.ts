import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, Position, SubscriptionBatch } from '@countersign/event-store';
import { gather } from './gather.ts';
import { incoming } from './incoming.ts';
import type { ProjectionLog } from './log.ts';
import type { Incoming } from './projection.ts';
import { messageOf } from './sqlite-error.ts';

export interface PumpOptions {
  readonly store: EventStore;
  readonly categories: readonly string[];
  readonly log: ProjectionLog;
  /** Where to begin: the lowest checkpoint of those who follow; undefined while nobody does. May read the store. */
  begin(): Promise<Position | undefined>;
  /** Takes a batch. Synchronous: when it returns, everything is on its way to disk. */
  take(events: readonly Incoming[], upTo: Position, caughtUp: boolean): void;
}

/** The one subscription that all views follow. */
export interface Pump {
  /** Everything up to here has been given; undefined while it does not run. */
  readonly position: Position | undefined;
  /** Begins again at the lowest checkpoint. */
  restart(): void;
  stop(): Promise<void>;
}

const GAP_MS = 20;
const MAX_EVENTS = 4000;
const RETRY_MS = [100, 500, 2000, 5000];

export function createPump({ store, categories, log, begin, take }: PumpOptions): Pump {
  let position: Position | undefined;
  let current = new AbortController();
  let stopped = false;
  let running: Promise<void> = Promise.resolve();

  async function follow(signal: AbortSignal): Promise<void> {
    const after = await begin();
    if (after === undefined || signal.aborted) return;
    position = after;
    const source = store.subscribe({ after, filter: { categories }, signal, maxBatch: 1000 });
    for await (const batch of gather(source, { gapMs: GAP_MS, maxEvents: MAX_EVENTS })) {
      if (signal.aborted) return;
      give(batch);
    }
    if (!signal.aborted) throw new Error('the subscription ended');
  }

  function give({ events, position: upTo, caughtUp }: SubscriptionBatch): void {
    position = upTo;
    take(events.map(incoming), upTo, caughtUp);
  }

  async function keepFollowing(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      const before = position;
      try {
        await follow(signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (position !== before) failures = 0;
        log('error', 'projections lost their subscription; subscribing again', {
          position,
          error: messageOf(error),
        });
        const pause = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)];
        await sleep(pause, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  return {
    get position() {
      return position;
    },
    restart() {
      if (stopped) return;
      current.abort();
      position = undefined;
      const own = new AbortController();
      current = own;
      // One after the other: the subscription before may be in the middle of a batch.
      running = running.then(() => keepFollowing(own.signal));
    },
    async stop() {
      stopped = true;
      current.abort();
      await running;
    },
  };
}
