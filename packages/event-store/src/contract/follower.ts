import type { EventStore, RecordedEvent, SubscribeOptions, SubscriptionBatch } from '../port.ts';

/** A subscription that runs beside the case and keeps what it was given. */
export interface Follower {
  readonly events: RecordedEvent[];
  readonly batches: SubscriptionBatch[];
  /** Resolves once the condition holds (looked at after every batch); rejects at the deadline or when the iteration fails. */
  until(what: string, condition: () => boolean, deadlineMs?: number): Promise<void>;
  /** Aborts, and resolves when the iteration has returned. */
  stop(): Promise<void>;
  /** The iteration itself: settles when it ends, rejects when it fails. */
  readonly done: Promise<void>;
}

type Plan = Omit<SubscribeOptions, 'signal'> & {
  onBatch?: (batch: SubscriptionBatch) => Promise<void> | void;
};

export function follow(store: EventStore, { onBatch, ...plan }: Plan): Follower {
  const abort = new AbortController();
  const events: RecordedEvent[] = [];
  const batches: SubscriptionBatch[] = [];
  let wake = Promise.withResolvers<void>();

  const run = async (): Promise<void> => {
    for await (const batch of store.subscribe({ ...plan, signal: abort.signal })) {
      batches.push(batch);
      events.push(...batch.events);
      wake.resolve();
      wake = Promise.withResolvers();
      await onBatch?.(batch);
    }
  };
  const done = run();
  // A failure is reported by whoever awaits `until`, `stop` or `done`; this only keeps it from being "unhandled".
  done.catch(() => undefined);

  return {
    events,
    batches,
    done,
    async until(what, condition, deadlineMs = 20_000) {
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => {
        late.reject(
          new Error(
            `${what}: not within ${deadlineMs} ms; ${events.length} events in ${batches.length} batches`,
          ),
        );
      }, deadlineMs);
      const ended = done.then(() => {
        throw new Error(`${what}: the subscription ended before`);
      });
      try {
        while (!condition()) await Promise.race([wake.promise, ended, late.promise]);
      } finally {
        clearTimeout(timer);
        ended.catch(() => undefined);
      }
    },
    async stop() {
      abort.abort();
      await done;
    },
  };
}
