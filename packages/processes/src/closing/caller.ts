import type { ClosingRow } from '@countersign/projections';
import { endsWithin } from '../dispatch/waits.ts';
import { attempt } from './attempt.ts';
import { checkedLimits } from './limits.ts';
import type { Means } from './tell.ts';
import type { ClosingCaller, ClosingCallerOptions } from './types.ts';

/** How late something can be noticed of which nobody told, and how soon a view is believed that still shows the same. */
const NET_MS = 1000;
const MAX_ROWS = 500;

/** @throws RangeError for limits that can't be */
export function startClosings(options: ClosingCallerOptions): ClosingCaller {
  const { ledger, closings, policies, connectors, projections, clock, instance, signals = {} } = options;
  const limits = checkedLimits(options.limits);
  const abandoning = new AbortController();
  const means: Means = {
    ...{ ledger, closings, policies, connectors, clock, instance, signals, limits },
    abandoned: abandoning.signal,
  };
  /** Under way, by call; and how many to each receiver. */
  const underWay = new Map<string, Promise<void>>();
  const busy = new Map<string, number>();
  /** What was done lately, and is not looked at before that time: a view that still shows it has not heard yet. */
  const later = new Map<string, number>();
  let sleeping: NodeJS.Timeout | undefined;
  let stopped = false;
  const unsubscribe = projections.onAdvanced((name) => {
    if (name === 'closings') look();
  });
  look();

  function look(): void {
    if (stopped) return;
    clearTimeout(sleeping);
    let next = clock() + NET_MS;
    try {
      next = Math.min(next, beginDue());
    } catch (error) {
      // The view could not be asked. Thrown out of a timer, that would end the process.
      signals.broken?.({ what: 'reading who is to be told of a decision', error });
    }
    sleeping = setTimeout(look, Math.max(1, next - clock()));
  }

  /** Begins what is due, as long as there is room; gives the time of what is due next. */
  function beginDue(): number {
    const now = clock();
    const at = new Date(now).toISOString();
    for (const [key, until] of later) if (until <= now) later.delete(key);
    if (underWay.size < limits.maxConcurrent) {
      const full = [...busy].filter(([, count]) => count >= limits.maxPerReceiver).map(([name]) => name);
      for (const row of projections.closings.due(at, MAX_ROWS, full)) if (isFree(row)) begin(row);
    }
    const next = projections.closings.nextDueAfter(at);
    return Math.min(next === null ? Number.POSITIVE_INFINITY : Date.parse(next), ...later.values());
  }

  function isFree(row: ClosingRow): boolean {
    if (underWay.has(callOf(row)) || later.has(tryOf(row))) return false;
    return underWay.size < limits.maxConcurrent && (busy.get(row.receiver) ?? 0) < limits.maxPerReceiver;
  }

  function begin(row: ClosingRow): void {
    const { receiver } = row;
    busy.set(receiver, (busy.get(receiver) ?? 0) + 1);
    const work = attempt(row, means)
      .catch((error: unknown) => {
        signals.broken?.({ what: `telling of the decision on ${row.requestId}`, error });
        return null;
      })
      .then((free) => {
        later.set(tryOf(row), Math.max(free ?? 0, clock() + NET_MS));
        underWay.delete(callOf(row));
        const left = (busy.get(receiver) ?? 1) - 1;
        if (left === 0) busy.delete(receiver);
        else busy.set(receiver, left);
        look();
      });
    underWay.set(callOf(row), work);
  }

  return {
    wake: look,
    async stop() {
      stopped = true;
      clearTimeout(sleeping);
      unsubscribe();
      await endsWithin(Promise.all(underWay.values()), 2 * (limits.callTimeoutMs + limits.graceMs));
      abandoning.abort();
    },
  };
}

function callOf({ requestId, call }: ClosingRow): string {
  return `${requestId} ${call}`;
}

/** What was due at another time is another try. */
function tryOf(row: ClosingRow): string {
  return `${callOf(row)} ${row.dueAt}`;
}
