import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { checkFilter, checkLimit } from '../check.ts';
import {
  type EventFilter,
  type LogPage,
  type Position,
  StoreError,
  type SubscribeOptions,
  type SubscriptionBatch,
} from '../port.ts';
import type { Changes } from './changes.ts';

const DEFAULT_BATCH = 1000;
/** Pause before reading again after the file could not be read. */
const RETRY_MS = 100;

export interface LogSource {
  /** @throws StoreError `unavailable` while the file cannot be read, and for good once the store is closed */
  readLog(after: Position, limit: number, filter: EventFilter | undefined): LogPage;
  readonly changes: Changes;
  readonly closed: boolean;
}

/**
 * Reads the log page by page, each page when the subscriber asks for the next batch, and waits for hints at its end.
 * Nothing is held between two pages: a slow subscriber keeps no read transaction open and no events in memory.
 */
export async function* subscribeTo(
  source: LogSource,
  { after, filter, signal, maxBatch = DEFAULT_BATCH }: SubscribeOptions,
): AsyncGenerator<SubscriptionBatch, void, undefined> {
  checkLimit('maxBatch', maxBatch);
  checkFilter(filter);
  const { changes } = source;
  const leave = changes.enter();
  try {
    let position = after;
    let announced = false;
    while (!signal.aborted) {
      const seen = changes.count;
      const page = tryRead(source, position, maxBatch, filter);
      if (page === undefined) {
        await sleep(RETRY_MS, undefined, { ref: false });
        continue;
      }
      if (page.position !== position || !announced) {
        position = page.position;
        announced = page.end;
        yield { events: page.events, position, caughtUp: page.end };
      }
      // Without a pause between full pages, a subscriber that never waits would keep everyone else from running.
      if (page.end) await changes.wait(seen, signal);
      else await nextTurn();
    }
  } finally {
    leave();
  }
}

/** Undefined when the file could not be read just now; it may be readable again soon. */
function tryRead(
  source: LogSource,
  after: Position,
  limit: number,
  filter: EventFilter | undefined,
): LogPage | undefined {
  try {
    return source.readLog(after, limit, filter);
  } catch (error) {
    if (error instanceof StoreError && error.kind === 'unavailable' && !source.closed) return undefined;
    throw error;
  }
}
