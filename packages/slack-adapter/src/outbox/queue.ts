import type { Clock } from '@countersign/application';
import type { SlackQueries, UntoldRow } from '@countersign/projections';
import type { ToldLately } from './told-lately.ts';

/** Which request of a channel is told next: the longest waiting one, but for those that have to wait. */
export interface Queue {
  /** @throws ViewUnavailable */
  next(): UntoldRow | undefined;
  /** When `next` gave none: when there will be one, as far as is known now; infinite when only news can tell. */
  readonly idleUntil: number;
  told(requestId: string, upTo: number): void;
  /** Is not told before that time. */
  postpone(requestId: string, at: number): void;
  /** A request could not be told, and whether that is its own fault is not known. */
  failed(requestId: string): void;
}

/** Requests looked at for one that can be told now, beyond those that are known to have to wait. */
const MAX_ROWS = 200;
/** With so many to wait, the channel waits for the first of them. */
const MAX_WAITING = 5000;
/** After so many failures since anything was told others are tried, to see whether it is the fault of the first. */
const PATIENCE = 5;
/** Where so many others failed as well it is the channel's, and the first one is first again. */
const MAX_WITNESSES = 20;
/** A request whose fault it is holds the others up no more often than every so many of the longest pauses. */
const FAULTY_PAUSES = 10;
const MAX_FAULTY = 100;

export function createQueue(options: {
  readonly channel: string;
  readonly slack: SlackQueries;
  readonly told: ToldLately;
  readonly clock: Clock;
  /** This start of this instance. */
  readonly by: string;
  readonly limits: { readonly maxRetryMs: number };
}): Queue {
  const { channel, slack, told, clock, by, limits } = options;
  const notBefore = new Map<string, number>();
  /** Since anything was told. */
  let failures = 0;
  /** Lets others go first, to see whether they fail as well. */
  let aside: string | null = null;
  /** Did so. */
  const witnesses = new Set<string>();
  /** Failed where another did not; has one more try, as all may be well again. */
  let accused: string | null = null;
  /** Failed that too. */
  const faulty = new Set<string>();
  let idleUntil = 0;

  function waitsUntil({ requestId, claimedBy, claimedUntil }: UntoldRow): number {
    const held = claimedUntil !== null && claimedBy !== by ? Date.parse(claimedUntil) : 0;
    return Math.max(held, notBefore.get(requestId) ?? 0);
  }

  function isAside(requestId: string): boolean {
    return aside === requestId || witnesses.has(requestId);
  }

  function beginAgain(): void {
    failures = 0;
    aside = null;
    witnesses.clear();
  }

  function blame(requestId: string): void {
    accused = null;
    if (faulty.size < MAX_FAULTY) faulty.add(requestId);
    notBefore.set(requestId, clock() + FAULTY_PAUSES * limits.maxRetryMs);
  }

  return {
    next() {
      const now = clock();
      for (const [requestId, at] of notBefore) if (at <= now) notBefore.delete(requestId);
      idleUntil = 0;
      let earliest = Number.POSITIVE_INFINITY;
      let last: UntoldRow | undefined;
      for (const row of slack.untold(channel, MAX_ROWS + Math.min(notBefore.size, MAX_WAITING))) {
        if ((told.get(row.requestId) ?? -1) >= row.revision) continue;
        const at = waitsUntil(row);
        if (at > now) earliest = Math.min(earliest, at);
        else if (isAside(row.requestId)) last ??= row;
        else return row;
      }
      if (!last) idleUntil = earliest;
      else if (witnesses.size > 0) beginAgain();
      return last;
    },
    get idleUntil() {
      return idleUntil;
    },
    told(requestId, upTo) {
      told.set(requestId, upTo);
      faulty.delete(requestId);
      if (accused === requestId) accused = null;
      if (aside !== null && aside !== requestId) accused = aside;
      beginAgain();
    },
    postpone(requestId, at) {
      notBefore.set(requestId, at);
    },
    failed(requestId) {
      failures += 1;
      if (faulty.has(requestId) || accused === requestId) blame(requestId);
      else if (aside === null && failures >= PATIENCE) aside = requestId;
      else if (aside !== null && aside !== requestId) witnesses.add(requestId);
      if (witnesses.size >= MAX_WITNESSES) beginAgain();
    },
  };
}
