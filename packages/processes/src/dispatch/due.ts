import type { Clock } from '@countersign/application';
import { DISPATCHER_KINDS, type DueRow, deadlinesOf } from '@countersign/projections';
import type { DispatcherOptions } from './types.ts';

/** What is to be begun by itself, or gone on with since a lease is over. */
export type DueDispatch = DueRow<(typeof DISPATCHER_KINDS)[number]>;

/** Looks for what is due, at the times the view knows and whenever it moves on. */
export interface DueLoop {
  start(): void;
  look(): void;
  /** There may be room again. */
  hasRoom(): void;
  /** The request is left alone until that time, in milliseconds since 1970. */
  postpone(requestId: string, until: number): void;
  stop(): void;
}

export interface DueLoopOptions {
  readonly projections: DispatcherOptions['projections'];
  readonly clock: Clock;
  /** Whether it is being carried out here. */
  readonly isHere: (requestId: string) => boolean;
  /** Takes one on; resolves when its claim is answered. Null when there is no room. */
  readonly take: (due: DueDispatch) => Promise<void> | null;
  readonly onError: (what: string, error: unknown) => void;
}

/** How late something can be noticed of which nobody told, and how soon a view is believed that still shows the same. */
const NET_MS = 1000;
const MAX_ROWS = 500;

export function createDueLoop({ projections, clock, isHere, take, onError }: DueLoopOptions): DueLoop {
  const deadlines = deadlinesOf(projections.deadlines, DISPATCHER_KINDS);
  /** Requests, or what was due of them, not looked at before a time. */
  const later = new Map<string, number>();
  let sleeping: NodeJS.Timeout | undefined;
  let unsubscribe = () => {};
  let running = false;
  let isFull = false;

  function look(): void {
    if (!running) return;
    clearTimeout(sleeping);
    let next = clock() + NET_MS;
    try {
      next = Math.min(next, takeDue());
    } catch (error) {
      // The view could not be asked. Thrown out of a timer, that would end the process.
      onError('reading what is to be dispatched', error);
    }
    sleeping = setTimeout(look, Math.max(1, next - clock()));
  }

  /** Takes what is due, as long as there is room; gives when to look again. */
  function takeDue(): number {
    const now = clock();
    isFull = false;
    for (const [key, until] of later) if (until <= now) later.delete(key);
    // However many are put off, they keep none from being seen.
    for (const row of deadlines.due(new Date(now).toISOString(), MAX_ROWS + later.size)) {
      if (later.has(row.requestId) || later.has(keyOf(row)) || isHere(row.requestId)) continue;
      const taken = take(row);
      isFull = taken === null;
      if (!taken) return Number.POSITIVE_INFINITY;
      // Whatever it came to, a view that shows the same row a moment later has only not heard of it.
      later.set(keyOf(row), Number.POSITIVE_INFINITY);
      void taken.finally(() => later.set(keyOf(row), clock() + NET_MS));
    }
    return nextAfter(now);
  }

  function nextAfter(now: number): number {
    const due = Date.parse(deadlines.nextDueAt() ?? '');
    let next = due > now ? due : Number.POSITIVE_INFINITY;
    for (const until of later.values()) next = Math.min(next, until);
    return next;
  }

  return {
    start() {
      if (running) return;
      running = true;
      unsubscribe = projections.onAdvanced((name) => {
        if (name === 'deadlines') look();
      });
      look();
    },
    look,
    hasRoom() {
      if (isFull) look();
    },
    postpone: (requestId, until) => void later.set(requestId, until),
    stop() {
      running = false;
      clearTimeout(sleeping);
      unsubscribe();
    },
  };
}

function keyOf({ requestId, kind, dueAt }: DueDispatch): string {
  return `${requestId} ${kind} ${dueAt}`;
}
