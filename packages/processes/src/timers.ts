import type { Answer, Clock, Ledger } from '@countersign/application';
import { type DueRow, type Projections, TIMER_KINDS } from '@countersign/projections';

/**
 * Turns the clock into commands: what the deadlines view shows as due becomes an escalation, an expiry or a lapse.
 * Timers decide nothing. A command that comes too early, twice, or from two instances at once writes nothing: the decider
 * judges it on the request's own events. So several instances need no leader, and a restart needs no memory.
 */
export interface Timers {
  /** Looks at the clock now; for a clock that a test moves. */
  wake(): void;
  /** Sends nothing more; resolves once what is under way is answered. */
  stop(): Promise<void>;
}

export interface TimersOptions {
  readonly ledger: Pick<Ledger, 'tick'>;
  readonly projections: Pick<Projections, 'deadlines' | 'onAdvanced'>;
  readonly clock: Clock;
  /** Longest sleep, in milliseconds: how late a deadline can be noticed of which nobody told. */
  readonly maxSleepMs: number;
  readonly onError: (error: unknown, due: DueRow | null) => void;
}

/** Read ahead so far, so that the next deadline is known to the millisecond while the view is still catching up. */
const LOOKAHEAD_MS = 250;
const MAX_ROWS = 500;
const MAX_IN_FLIGHT = 64;
const RETRY_MS = 1000;

export function startTimers(options: TimersOptions): Timers {
  const { ledger, projections, clock, maxSleepMs, onError } = options;
  const { deadlines } = projections;
  /** Sent and not to be sent again before that time, or until the view has dropped the row. */
  const sent = new Map<string, number>();
  const inFlight = new Set<Promise<void>>();
  let sleeping: NodeJS.Timeout | undefined;
  let stopped = false;
  const unsubscribe = projections.onAdvanced((name) => {
    if (name === 'deadlines') wake();
  });
  wake();

  function wake(): void {
    if (stopped) return;
    clearTimeout(sleeping);
    sleeping = setTimeout(wake, Math.min(maxSleepMs, Math.max(0, sendDue() - clock())));
  }

  /** Sends what is due; gives the time at which to look again, in milliseconds since 1970. */
  function sendDue(): number {
    const now = clock();
    try {
      return sendDueAt(now);
    } catch (error) {
      // The view could not be asked. Thrown out of a timer, that would end the process.
      onError(error, null);
      return now + RETRY_MS;
    }
  }

  function sendDueAt(now: number): number {
    const rows = deadlines.due(new Date(now + LOOKAHEAD_MS).toISOString(), MAX_ROWS, TIMER_KINDS);
    forgetDropped(rows);
    for (const row of rows) {
      if (Date.parse(row.dueAt) > now) return Date.parse(row.dueAt);
      // A full house looks again as soon as one command is answered.
      if (inFlight.size >= MAX_IN_FLIGHT) return now + maxSleepMs;
      if ((sent.get(keyOf(row)) ?? 0) <= now) send(row, now);
    }
    return rows.length === MAX_ROWS ? now + LOOKAHEAD_MS : nextBeyond(now);
  }

  function nextBeyond(now: number): number {
    const next = deadlines.nextDueAt(TIMER_KINDS);
    return Math.max(next === null ? Number.POSITIVE_INFINITY : Date.parse(next), now + LOOKAHEAD_MS);
  }

  function send(row: DueRow, now: number): void {
    const key = keyOf(row);
    sent.set(key, Number.POSITIVE_INFINITY);
    const work = ledger
      .tick(tickOf(row))
      .then((answer) => noteAnswer(key, row, answer, now))
      .catch((error: unknown) => {
        sent.set(key, clock() + RETRY_MS);
        onError(error, row);
      })
      .finally(() => {
        inFlight.delete(work);
        if (inFlight.size === MAX_IN_FLIGHT - 1) wake();
      });
    inFlight.add(work);
  }

  /** Written or not, the request is past this deadline; should the view still show it much later, it is asked again. */
  function noteAnswer(key: string, row: DueRow, answer: Answer, now: number): void {
    sent.set(key, now + maxSleepMs);
    if (!answer.ok) onError(new Error(answer.refusal.detail), row);
  }

  function forgetDropped(rows: readonly DueRow[]): void {
    if (sent.size <= MAX_ROWS) return;
    const shown = new Set(rows.map(keyOf));
    for (const [key, until] of sent)
      if (!shown.has(key) && until !== Number.POSITIVE_INFINITY) sent.delete(key);
  }

  return {
    wake,
    async stop() {
      stopped = true;
      clearTimeout(sleeping);
      unsubscribe();
      await Promise.all(inFlight);
    },
  };
}

function keyOf({ requestId, kind, rung }: DueRow): string {
  return `${requestId} ${kind} ${rung}`;
}

function tickOf({ requestId, kind, rung }: DueRow): Parameters<Ledger['tick']>[0] {
  if (kind === 'expire') return { type: 'ExpireRequest', requestId };
  if (kind === 'lapse') return { type: 'LapseApproval', requestId };
  return { type: 'EscalateRequest', requestId, rung };
}
