import type { EventStore } from '@countersign/event-store';
import { startEngine } from '../runtime/engine.ts';
import { PROJECTIONS } from '../views/all.ts';
import type { Host, HostOptions } from './host.ts';

/** In the calling thread, on its store: for a ledger in memory, which no other thread can see. */
export function runHere({ folder, events }: HostOptions, store: EventStore): Host {
  const engine = startEngine({ ...events, store, folder, projections: PROJECTIONS });
  return {
    async rebuild(name) {
      const done = engine.rebuild(name);
      // Whoever is not interested in the end of it need not handle its failure, which the status shows.
      done.catch(() => undefined);
      return { done };
    },
    async resume(name) {
      engine.resume(name);
    },
    restarts: 0,
    stop: () => engine.stop(),
  };
}
