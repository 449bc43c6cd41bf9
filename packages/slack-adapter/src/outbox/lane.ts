import { type Clock, LedgerUnavailable } from '@countersign/application';
import { type SlackQueries, type UntoldRow, ViewUnavailable } from '@countersign/projections';
import type { SlackSignals } from '../types.ts';
import { isTokenRefused } from '../web/caller.ts';
import type { Web } from '../web/types.ts';
import { backoffMs } from './backoff.ts';
import { isStillBlocked } from './blocked.ts';
import type { Reach } from './reach.ts';
import type { Failure, Memory, Told } from './told.ts';
import type { ToldLately } from './told-lately.ts';

/** One channel's deliveries, one after the other, the longest waiting request first. */
export interface Lane {
  /**
   * Tells what can be told now. Resolves when that is done, or Slack or the ledger must be waited for.
   * Does nothing while it runs already.
   */
  run(): Promise<void>;
  readonly isRunning: boolean;
  /** Nothing is done before that time, whatever is new; in milliseconds since 1970. */
  readonly restUntil: number;
  /** When there is something to do again though nothing is new; infinite when there is not. */
  readonly nextAt: number;
  /** Why nothing gets into the channel, in words or in Slack's code. */
  readonly trouble: string | undefined;
}

export interface LaneOptions {
  readonly channel: string;
  readonly slack: SlackQueries;
  readonly tell: (row: UntoldRow, memory: Memory) => Promise<Told>;
  readonly reach: Reach;
  readonly told: ToldLately;
  readonly web: Pick<Web, 'findChannel'>;
  readonly clock: Clock;
  /** This start of this instance. */
  readonly by: string;
  readonly limits: { readonly retryMs: number; readonly maxRetryMs: number };
  readonly signals: SlackSignals;
  /** No further request is begun. */
  readonly stopping: AbortSignal;
}

/** Requests looked at for one that can be told now; with that many set aside, the lane waits for the first of them. */
const MAX_ROWS = 200;
/** A request that failed so often in a row, while Slack could be reached, lets others go first. */
const PATIENCE = 5;
/** Of a channel that has taken nothing for long, every so manieth try is made whatever Slack says of the channel. */
const ANYWAY = 10;

export function createLane(options: LaneOptions): Lane {
  const { channel, slack, web, tell, reach, told, clock, by, limits, signals, stopping } = options;
  /** Requests not to be told before a time. */
  const later = new Map<string, number>();
  let memory: Memory | null = null;
  let failures = 0;
  let restUntil = 0;
  let blockedBy: string | undefined;
  let trouble: string | undefined;
  let running: Promise<void> | undefined;
  /** Nothing could be told before that time, as far as was known. */
  let idleUntil = 0;

  async function work(): Promise<void> {
    while (!stopping.aborted && restUntil <= clock()) {
      const row = nextRow();
      if (!row) return;
      if (!(await reach.ready())) {
        restUntil = reach.closedUntil;
        return;
      }
      if (await isHopeless()) pause();
      else await attempt(row);
    }
  }

  async function isHopeless(): Promise<boolean> {
    if (blockedBy === undefined || failures < PATIENCE || failures % ANYWAY === 0) return false;
    return isStillBlocked(web, channel, blockedBy);
  }

  /** The longest waiting request that can be told now; where there is none, notes when there will be. */
  function nextRow(): UntoldRow | undefined {
    const now = clock();
    idleUntil = 0;
    let next = Number.POSITIVE_INFINITY;
    for (const [requestId, at] of later) if (at <= now) later.delete(requestId);
    for (const row of slack.untold(channel, MAX_ROWS)) {
      if ((told.get(row.requestId) ?? -1) >= row.revision) continue;
      const held = row.claimedBy !== by && row.claimedUntil !== null ? Date.parse(row.claimedUntil) : 0;
      const at = Math.max(held, later.get(row.requestId) ?? 0);
      if (at <= now) return row;
      next = Math.min(next, at);
    }
    idleUntil = next;
    return undefined;
  }

  async function attempt(row: UntoldRow): Promise<void> {
    const { requestId } = row;
    if (memory?.requestId !== requestId) memory = { requestId, doubts: null };
    try {
      const became = await tell(row, memory);
      switch (became.kind) {
        case 'told':
          told.set(requestId, became.upTo);
          recovered();
          return;
        case 'later':
          later.set(requestId, became.at);
          return;
        case 'stopped':
          return;
        case 'failed':
          rest(requestId, became.why);
      }
    } catch (error) {
      signals.failed?.({ what: `telling Slack of ${requestId}`, error });
      if (error instanceof LedgerUnavailable || error instanceof ViewUnavailable) pause();
      // Something is wrong with this one request, or with how it is drawn: no reason to keep the others waiting.
      else later.set(requestId, clock() + limits.maxRetryMs);
    }
  }

  function recovered(): void {
    memory = null;
    failures = 0;
    blockedBy = undefined;
    trouble = undefined;
  }

  function rest(requestId: string, why: Failure): void {
    pause();
    blockedBy = why.kind === 'channel' ? why.code : undefined;
    trouble = wordsFor(why);
    if (why.kind === 'rate_limited') restUntil = Math.max(restUntil, clock() + why.retryAfterSec * 1000);
    else if (why.kind === 'not_sent' || why.kind === 'unknown') reach.suspect();
    else if (why.kind === 'refused' && isTokenRefused(why)) reach.suspect();
    const settled = Math.max(0, ...(memory?.doubts?.values() ?? []));
    restUntil = Math.max(restUntil, settled);
    if (failures >= PATIENCE && why.kind === 'unknown') later.set(requestId, restUntil + limits.maxRetryMs);
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
    get restUntil() {
      return restUntil;
    },
    get nextAt() {
      return Math.max(restUntil, idleUntil);
    },
    get trouble() {
      return trouble;
    },
  };
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
