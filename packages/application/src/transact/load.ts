import { decodeEvent, decodeMetadata, type LedgerEvent } from '@countersign/domain';
import { type EventStore, type RecordedEvent, StoreError } from '@countersign/event-store';
import { LedgerUnavailable } from '../errors.ts';
import type { Folded } from './state-cache.ts';

/** How events of one kind of stream become a state. */
export interface Evolver<S, E extends LedgerEvent> {
  readonly initial: S;
  readonly evolve: (state: S, event: E) => S;
}

/** Reads and folds one stream. @throws LedgerUnavailable, UnreadableEvent */
export async function load<S, E extends LedgerEvent>(
  store: EventStore,
  stream: string,
  evolver: Evolver<S, E>,
): Promise<Folded<S>> {
  return foldRecorded(await readStream(store, stream), evolver);
}

/** A stream that does not exist. */
export function nothing<S>({ initial }: { readonly initial: S }): Folded<S> {
  return { state: initial, revision: -1, position: '', size: 0 };
}

/** @throws UnreadableEvent */
export function foldRecorded<S, E extends LedgerEvent>(
  events: readonly RecordedEvent[],
  evolver: Evolver<S, E>,
): Folded<S> {
  const first = events[0];
  const last = events.at(-1);
  if (!first || !last) return nothing(evolver);
  let state = evolver.initial;
  for (const event of events) state = evolver.evolve(state, decodeEvent(event) as E);
  return {
    state,
    revision: last.revision,
    position: last.position,
    size: events.reduce((sum, event) => sum + event.data.length, 0),
    traceparent: decodeMetadata(first).traceparent,
  };
}

/** @param from revision to begin at; default 0. @throws LedgerUnavailable */
export async function readStream(
  store: EventStore,
  stream: string,
  from = 0,
): Promise<readonly RecordedEvent[]> {
  try {
    return await store.readStream(stream, from);
  } catch (error) {
    if (error instanceof StoreError) throw new LedgerUnavailable(error.message, false, { cause: error });
    throw error;
  }
}
