import { type SignatureEvent, sha256 } from '@countersign/domain';
import { type EventStore, StoreError } from '@countersign/event-store';
import { type Clock, timestamp } from '../clock.ts';
import { newId } from '../ids.ts';
import { appendSurely } from '../transact/append.ts';
import { encodeEvents } from '../transact/encode.ts';
import type { ReplayGuard } from './types.ts';

/**
 * Each signature begins a stream of its own, and a stream begins once: the ids are new for every call, so that no
 * second one is taken for a repeat of the first append. A lost answer is asked for again with the same ids.
 * @param deadlineMs how long a store that does not answer is asked again; default 5000 ms
 */
export function createReplayGuard(options: {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly deadlineMs?: number;
}): ReplayGuard {
  const { store, clock, deadlineMs = 5000 } = options;
  return {
    async accept(from, signature) {
      const digest = sha256(signature);
      const accepted: SignatureEvent = {
        type: 'SignedCallAccepted',
        data: { at: timestamp(clock), from, digest },
      };
      const commandId = newId();
      const batch = encodeEvents([accepted], { commandId, correlationId: commandId }, commandId);
      const stream = `signature-${digest.slice('sha256:'.length)}`;
      try {
        await appendSurely(store, stream, 'no_stream', batch, deadlineMs);
        return true;
      } catch (error) {
        if (error instanceof StoreError && error.kind === 'conflict') return false;
        throw error;
      }
    },
  };
}
