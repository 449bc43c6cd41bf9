import {
  type ClaimOutcome,
  decideClaim,
  decideRecord,
  evolveDelivery,
  initialDelivery,
  type SlackDelivery,
  type SlackEvent,
} from '@countersign/domain';
import type { EventStore } from '@countersign/event-store';
import { type Clock, timestamp } from '../clock.ts';
import { load } from '../transact/load.ts';
import { createStateCache } from '../transact/state-cache.ts';
import { type Transacted, transact } from '../transact/transact.ts';
import type { SlackDeliveries } from './types.ts';

const evolver = { initial: initialDelivery, evolve: evolveDelivery };
const MAX_ATTEMPTS = 10;
/** A delivery is claimed, recorded and ended within seconds: what it stands at is kept in memory that long. */
const CACHED = 1000;

/** @param deadlineMs how long a store that does not answer is asked again; default 5000 ms */
export function createSlackDeliveries(options: {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly deadlineMs?: number;
}): SlackDeliveries {
  const { store, clock, deadlineMs = 5000 } = options;
  const cache = createStateCache<SlackDelivery>(CACHED);

  /** Decides on the request's delivery; a lease is won or lost by the append alone. */
  function decideOn(
    requestId: string,
    decide: (state: SlackDelivery) => readonly SlackEvent[],
  ): Promise<Transacted<SlackDelivery, SlackEvent>> {
    return transact(
      store,
      {
        stream: `slack-${requestId}`,
        evolver,
        cache,
        origin: { correlationId: requestId },
        decide: (state) => ({ events: decide(state) }),
      },
      { maxAttempts: MAX_ATTEMPTS, deadlineMs },
    );
  }

  return {
    load: async (requestId) => (await load(store, `slack-${requestId}`, evolver)).state,
    async claim(claim) {
      let outcome: ClaimOutcome | undefined;
      const { before, state } = await decideOn(claim.requestId, (delivery) => {
        outcome = decideClaim({ ...claim, now: timestamp(clock) }, delivery);
        return outcome.events;
      });
      if (outcome?.outcome === 'held') return { outcome: 'held', until: outcome.until };
      if (outcome?.outcome === 'done') return { outcome: 'done' };
      return { outcome: 'taken', delivery: state, takenFrom: before.claim?.by ?? null };
    },
    async record(requestId, by, event) {
      let isLost = false;
      await decideOn(requestId, (delivery) => {
        const outcome = decideRecord(event, by, delivery);
        isLost = outcome === 'lost';
        return outcome === 'lost' ? [] : outcome.events;
      });
      return isLost ? 'lost' : 'recorded';
    },
  };
}
