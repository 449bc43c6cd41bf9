import type { EventStore } from '@countersign/event-store';
import { serveWith } from './compose.ts';

/** A yardstick: the product, but its store is given one append at a time, so that each has a transaction of its own. */
await serveWith({ store: oneAtATime });

function oneAtATime(inner: EventStore): EventStore {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    append(...append) {
      const mine = tail.then(
        () => inner.append(...append),
        () => inner.append(...append),
      );
      tail = mine;
      return mine;
    },
    readStream: inner.readStream,
    readLog: inner.readLog,
    head: inner.head,
    subscribe: inner.subscribe,
    health: inner.health,
    close: inner.close,
  };
}
