import { type Clock, type Known, streamOf } from '@countersign/application';
import { type ApprovalEvent, decodeEvent, evolve, initialState, type LedgerEvent } from '@countersign/domain';
import type { EventStore, Position } from '@countersign/event-store';
import type { FeedItem, LiveFeed } from '@countersign/projections';
import { runsOutAt } from '../present/parts.ts';
import { createDeadline } from './deadline.ts';

export interface WatchPorts {
  readonly store: EventStore;
  readonly feed: Pick<LiveFeed, 'onRequest'>;
  readonly clock: Clock;
  /** Told when a stream could not be read behind everybody's back; it is read again. */
  readonly onError: (error: unknown) => void;
}

/** One request, followed for everybody who waits for it. */
export interface RequestWatch {
  /** The state after each event, oldest first: the index is the revision. Empty: there is no such request. */
  readonly steps: readonly Known[];
  readonly listeners: Set<() => void>;
  /** Resolves once `steps` holds all that was durable when it was called. @throws StoreError, UnreadableEvent */
  refresh(): Promise<void>;
  stop(): void;
}

const RETRY_MS = 500;

/**
 * Reads the stream once and then grows by the events of the live feed; where one is missing it reads again. Listeners
 * are called when there are new steps, and when the deadline has passed unrecorded.
 */
export function watchRequest(requestId: string, { store, feed, clock, onError }: WatchPorts): RequestWatch {
  const stream = streamOf(requestId);
  const steps: Known[] = [];
  const listeners = new Set<() => void>();
  const deadline = createDeadline(clock, tell);
  let running: Promise<void> | undefined;
  let queued: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let stopped = false;

  function tell(): void {
    for (const listener of [...listeners]) listener();
  }

  function step(event: LedgerEvent, revision: number, position: Position): void {
    // What the feed brought while a read was under way comes twice.
    if (revision !== steps.length) return;
    const approval = evolve(steps.at(-1)?.approval ?? initialState, event as ApprovalEvent);
    if (approval.exists) steps.push({ approval, revision, position });
  }

  async function read(): Promise<void> {
    const known = steps.length;
    for (const recorded of await store.readStream(stream, known)) {
      step(decodeEvent(recorded), recorded.revision, recorded.position);
    }
    if (steps.length > known) grown();
  }

  function grown(): void {
    if (stopped) return;
    const approval = steps.at(-1)?.approval;
    const end = approval ? runsOutAt(approval) : null;
    deadline.set(end === null ? null : Date.parse(end));
    tell();
  }

  /** A read under way may have begun too early for this call: another one follows it, shared by all who ask meanwhile. */
  function refresh(): Promise<void> {
    queued ??= Promise.allSettled([running]).then(() => {
      queued = undefined;
      running = read();
      return running;
    });
    return queued;
  }

  function refreshBehind(): void {
    refresh().catch((error: unknown) => {
      if (stopped) return;
      onError(error);
      clearTimeout(retry);
      retry = setTimeout(refreshBehind, RETRY_MS);
    });
  }

  const unsubscribe = feed.onRequest(requestId, ({ event, recorded }: FeedItem) => {
    if (recorded.revision < steps.length) return;
    if (event && recorded.revision === steps.length && steps.length > 0) {
      step(event, recorded.revision, recorded.position);
      grown();
    } else refreshBehind();
  });

  return {
    steps,
    listeners,
    refresh,
    stop() {
      stopped = true;
      unsubscribe();
      deadline.set(null);
      clearTimeout(retry);
    },
  };
}
