import { setTimeout as sleep } from 'node:timers/promises';
import type { Position, RecordedEvent, SubscriptionBatch } from '@countersign/event-store';

export interface GatherOptions {
  /** At least so long between the starts of two batches, unless there is enough for a full one. */
  readonly gapMs: number;
  readonly maxEvents: number;
}

/**
 * Joins the batches of a subscription: alone, an event passes at once; under load, what arrives within the gap makes
 * one batch, because a transaction per view costs the same for one event as for a hundred. Reads one batch ahead.
 */
export async function* gather(
  source: AsyncIterable<SubscriptionBatch>,
  { gapMs, maxEvents }: GatherOptions,
): AsyncGenerator<SubscriptionBatch, void, undefined> {
  const batches = source[Symbol.asyncIterator]();
  const ask = (): Promise<IteratorResult<SubscriptionBatch>> => {
    const asked = batches.next();
    // It is awaited below, maybe after the consumer has had its turn: until then a failure is not unhandled.
    asked.catch(() => undefined);
    return asked;
  };
  let next = ask();
  let begun = -Infinity;
  try {
    for (;;) {
      const first = await next;
      if (first.done) return;
      const events: RecordedEvent[] = [...first.value.events];
      let position: Position = first.value.position;
      let { caughtUp } = first.value;
      next = ask();
      const due = begun + gapMs;
      while (events.length < maxEvents) {
        const more = await within(next, due - performance.now());
        if (!more || more.done) break;
        events.push(...more.value.events);
        position = more.value.position;
        caughtUp = more.value.caughtUp;
        next = ask();
      }
      begun = performance.now();
      yield { events, position, caughtUp };
    }
  } finally {
    // Not awaited: what was asked for last may be long in coming. Its failure, if any, is of no interest any more.
    batches.return?.().catch(() => undefined);
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  if (ms <= 0) return undefined;
  const timer = new AbortController();
  const late = sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}
