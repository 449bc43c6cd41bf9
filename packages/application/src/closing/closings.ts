import {
  type ClosingClaim,
  type ClosingEvent,
  type ClosingState,
  decideClosing,
  decideClosingOutcome,
  evolveClosing,
  initialClosing,
} from '@countersign/domain';
import type { EventStore } from '@countersign/event-store';
import { type Clock, timestamp } from '../clock.ts';
import { load } from '../transact/load.ts';
import { createStateCache } from '../transact/state-cache.ts';
import { type Transacted, transact } from '../transact/transact.ts';
import type { Closings } from './types.ts';

const evolver = { initial: initialClosing, evolve: evolveClosing };
const MAX_ATTEMPTS = 10;
/** A call is claimed and recorded within seconds: what it stands at is kept in memory that long. */
const CACHED = 1000;

/** @param deadlineMs how long a store that does not answer is asked again; default 5000 ms */
export function createClosings(options: {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly deadlineMs?: number;
}): Closings {
  const { store, clock, deadlineMs = 5000 } = options;
  const cache = createStateCache<ClosingState>(CACHED);

  /** Decides on the request's calls; a lease is won or lost by the append alone. */
  function decideOn(
    requestId: string,
    decide: (state: ClosingState) => readonly ClosingEvent[],
  ): Promise<Transacted<ClosingState, ClosingEvent>> {
    return transact(
      store,
      {
        stream: streamOfClosing(requestId),
        evolver,
        cache,
        origin: { correlationId: requestId },
        decide: (state) => ({ events: decide(state) }),
      },
      { maxAttempts: MAX_ATTEMPTS, deadlineMs },
    );
  }

  return {
    load: async (requestId) => (await load(store, streamOfClosing(requestId), evolver)).state,
    async claim(claim) {
      const { call } = claim.call;
      let outcome: ClosingClaim | undefined;
      const { before, state } = await decideOn(claim.requestId, (closing) => {
        outcome = decideClosing({ ...claim, now: timestamp(clock) }, closing);
        return outcome.events;
      });
      if (outcome?.outcome === 'not_yet') return { outcome: 'not_yet', at: outcome.at };
      const current = state[call];
      if (outcome?.outcome !== 'taken' || !current) return { outcome: 'done' };
      return { outcome: 'taken', current, before: before[call] ?? null };
    },
    async record(requestId, instance, event) {
      let isLost = false;
      await decideOn(requestId, (closing) => {
        const outcome = decideClosingOutcome(event, instance, closing);
        isLost = outcome === 'lost';
        return outcome === 'lost' ? [] : outcome.events;
      });
      return isLost ? 'lost' : 'recorded';
    },
  };
}

function streamOfClosing(requestId: string): string {
  return `closing-${requestId}`;
}
