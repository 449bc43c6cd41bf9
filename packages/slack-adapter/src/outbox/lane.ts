import { type Clock, LedgerUnavailable } from '@countersign/application';
import { type UntoldRow, ViewUnavailable } from '@countersign/projections';
import type { SlackSignals } from '../types.ts';
import type { Web } from '../web/types.ts';
import { backoffMs } from './backoff.ts';
import { isStillBlocked } from './blocked.ts';
import type { Pacing } from './pacing.ts';
import type { Queue } from './queue.ts';
import type { Reach } from './reach.ts';
import type { Failure, Memory, Told } from './told.ts';
import { isOfWholeChannel } from './verdict.ts';

/** One channel's deliveries, one after the other. */
export interface Lane {
  /**
   * Tells what can be told now. Resolves when that is done, or Slack or the ledger or the channel's pace must be waited
   * for: others can be served meanwhile. Called while it runs, it waits for the same end.
   */
  run(): Promise<void>;
  readonly isRunning: boolean;
  /** In a row. */
  readonly failures: number;
  /** Nothing is done before that time, whatever is new; in milliseconds since 1970. */
  readonly restUntil: number;
  /** When there is something to do again though nothing is new; infinite when there is not. */
  readonly nextAt: number;
  /** Why nothing gets into the channel, in words or in Slack's code. */
  readonly trouble: string | undefined;
}

export interface LaneOptions {
  readonly channel: string;
  readonly queue: Queue;
  readonly tell: (row: UntoldRow, memory: Memory) => Promise<Told>;
  readonly pacing: Pick<Pacing, 'next'>;
  readonly reach: Reach;
  readonly web: Pick<Web, 'findChannel'>;
  readonly clock: Clock;
  readonly limits: { readonly retryMs: number; readonly maxRetryMs: number };
  readonly signals: SlackSignals;
  /** No further request is begun. */
  readonly stopping: AbortSignal;
}

/** A channel that has taken nothing so often is looked at before it is tried again. */
const PATIENCE = 5;
/** Of such tries every so manieth is made whatever Slack says of the channel. */
const ANYWAY = 10;

export function createLane(options: LaneOptions): Lane {
  const { channel, queue, web, tell, pacing, reach, clock, limits, signals, stopping } = options;
  let memory: Memory | null = null;
  let failures = 0;
  let restUntil = 0;
  let blockedBy: string | undefined;
  let trouble: string | undefined;
  let running: Promise<void> | undefined;

  async function work(): Promise<void> {
    while (!stopping.aborted && restUntil <= clock()) {
      const row = queue.next();
      if (!row) return;
      if (await isHopeless()) pause();
      else if (!(await reach.ready())) restUntil = Math.max(reach.closedUntil, clock() + 1);
      else if (!stopping.aborted) await attempt(row);
      restUntil = Math.max(restUntil, pacing.next(channel));
    }
  }

  async function isHopeless(): Promise<boolean> {
    if (blockedBy === undefined || failures < PATIENCE || failures % ANYWAY === 0) return false;
    return isStillBlocked(web, channel, blockedBy, stopping);
  }

  async function attempt(row: UntoldRow): Promise<void> {
    const { requestId } = row;
    if (memory?.requestId !== requestId) memory = { requestId, doubts: null };
    try {
      const became = await tell(row, memory);
      if (became.kind === 'told') recovered(requestId, became.upTo);
      else if (became.kind === 'later') queue.postpone(requestId, became.at);
      else if (became.kind === 'failed') rest(requestId, became.why);
    } catch (error) {
      signals.failed?.({ what: `telling Slack of ${requestId}`, error });
      if (error instanceof LedgerUnavailable || error instanceof ViewUnavailable) pause();
      // Something is wrong with this one request, or with how it is drawn: no reason to keep the others waiting.
      else queue.postpone(requestId, clock() + limits.maxRetryMs);
    }
  }

  function recovered(requestId: string, upTo: number): void {
    queue.told(requestId, upTo);
    reach.answered();
    memory = null;
    failures = 0;
    blockedBy = undefined;
    trouble = undefined;
  }

  function rest(requestId: string, why: Failure): void {
    pause();
    const code = why.kind === 'channel' ? why.code : undefined;
    // Nothing but somebody's hand mends it, and the health does not say to everybody what it is.
    if (code !== undefined && code !== blockedBy)
      signals.failed?.({ what: `posting to ${channel}`, error: new Error(code) });
    blockedBy = code;
    trouble = wordsFor(why);
    if (why.kind === 'not_sent' || why.kind === 'unknown') reach.failed(channel);
    else if (why.kind === 'refused') reach.suspect();
    else reach.answered();
    // While nothing gets through anywhere it is nobody's fault, and the order is kept.
    if (mayBeOfRequest(why) && !reach.isStalled) queue.failed(requestId);
    const settled = [...(memory?.doubts?.values() ?? [])];
    const asked = why.kind === 'rate_limited' ? clock() + why.retryAfterSec * 1000 : 0;
    restUntil = Math.max(restUntil, asked, ...settled);
  }

  function pause(): void {
    failures += 1;
    restUntil = clock() + backoffMs(failures, limits);
  }

  return {
    run() {
      running ??= work()
        .catch((error: unknown) => {
          // The view cannot be read for a moment.
          if (!(error instanceof ViewUnavailable))
            signals.failed?.({ what: `the lane of ${channel}`, error });
          pause();
        })
        .finally(() => {
          running = undefined;
        });
      return running;
    },
    get isRunning() {
      return running !== undefined;
    },
    get failures() {
      return failures;
    },
    get restUntil() {
      return restUntil;
    },
    get nextAt() {
      return Math.max(restUntil, queue.idleUntil);
    },
    get trouble() {
      return trouble;
    },
  };
}

/** Whether another request could be taken where this one was not. */
function mayBeOfRequest(why: Failure): boolean {
  return why.kind === 'unknown' || (why.kind === 'channel' && !isOfWholeChannel(why.code));
}

/** Undefined for what is not amiss: a limit passes by itself. */
function wordsFor(why: Failure): string | undefined {
  switch (why.kind) {
    case 'rate_limited':
      return undefined;
    case 'channel':
    case 'refused':
      return why.code;
    default:
      return 'no answer';
  }
}
