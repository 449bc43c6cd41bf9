import { decodeMetadata, type LedgerEvent, type Refusal } from '@countersign/domain';
import { type EventStore, StoreError } from '@countersign/event-store';
import { LedgerUnavailable } from '../errors.ts';
import { newId } from '../ids.ts';
import { appendSurely } from './append.ts';
import { backoff } from './backoff.ts';
import { encodeEvents, type Origin } from './encode.ts';
import { type Evolver, foldRecorded, load, nothing, readStream } from './load.ts';
import type { Folded, StateCache } from './state-cache.ts';

/** One decision on one stream. */
export interface Transaction<S, E extends LedgerEvent> {
  readonly stream: string;
  readonly evolver: Evolver<S, E>;
  readonly decide: (state: S) => { readonly events: readonly E[]; readonly refusal?: Refusal };
  readonly origin: Omit<Origin, 'commandId'>;
  /** Event ids derive from this instead of the attempt: for what an idempotency key makes the same everywhere. */
  readonly idSeed?: string | undefined;
  /** The stream's name was made just now, so that there is nothing to load; a conflict says otherwise. */
  readonly isNew?: boolean | undefined;
  /** Only at exactly this revision, and never again at another one. */
  readonly ifRevision?: number | undefined;
  readonly cache?: StateCache<S> | undefined;
}

export interface Transacted<S, E> extends Folded<S> {
  readonly before: S;
  readonly events: readonly E[];
  readonly refusal?: Refusal;
  /** The stream is not at the revision the caller insisted on. */
  readonly stale?: boolean;
}

export interface TransactOptions {
  /** How often a conflict is answered by loading and deciding again. */
  readonly maxAttempts: number;
  /** How long a store that does not answer is asked again. */
  readonly deadlineMs: number;
}

/**
 * Load, decide, append at the revision loaded; on a conflict, again from the start.
 *
 * A cached state serves for what is appended at its revision, since the store then proves that it was current. What
 * is refused, or already so, is judged once more on a fresh load before anybody is told.
 */
export async function transact<S, E extends LedgerEvent>(
  store: EventStore,
  transaction: Transaction<S, E>,
  { maxAttempts, deadlineMs }: TransactOptions,
): Promise<Transacted<S, E>> {
  const { stream, evolver, decide, cache, ifRevision, isNew } = transaction;
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const assumed = attempt === 1 ? (isNew ? nothing(evolver) : cache?.get(stream)) : undefined;
    let loaded = assumed ?? (await load(store, stream, evolver));
    let outcome = decide(loaded.state);
    if (assumed && (outcome.refusal || outcome.events.length === 0 || isStale(loaded, ifRevision))) {
      loaded = await load(store, stream, evolver);
      outcome = decide(loaded.state);
    }
    if (isStale(loaded, ifRevision)) return { ...loaded, before: loaded.state, events: [], stale: true };
    if (outcome.events.length === 0) {
      if (loaded.revision >= 0) cache?.set(stream, loaded);
      return { ...loaded, before: loaded.state, ...outcome };
    }
    try {
      return { ...outcome, ...(await append(store, transaction, loaded, outcome.events, deadlineMs)) };
    } catch (error) {
      cache?.delete(stream);
      if (!(error instanceof StoreError) || error.kind !== 'conflict') throw error;
      if (ifRevision !== undefined) {
        const current = await load(store, stream, evolver);
        return { ...current, before: current.state, events: [], stale: true };
      }
      await backoff(attempt);
    }
  }
  throw new LedgerUnavailable(
    `${stream} is being changed too often: gave up after ${maxAttempts} tries`,
    false,
  );
}

async function append<S, E extends LedgerEvent>(
  store: EventStore,
  { stream, evolver, origin, idSeed, cache }: Transaction<S, E>,
  loaded: Folded<S>,
  events: readonly E[],
  deadlineMs: number,
): Promise<Transacted<S, E>> {
  const commandId = newId();
  const batch = encodeEvents(events, { ...origin, commandId }, idSeed ?? commandId);
  const expected = loaded.revision === -1 ? 'no_stream' : loaded.revision;
  const { revision, position } = await appendSurely(store, stream, expected, batch, deadlineMs);
  if (idSeed !== undefined)
    return readBack(store, { stream, evolver, cache }, commandId, { before: loaded.state, events });
  const traceparent = loaded.revision === -1 ? origin.traceparent : loaded.traceparent;
  const size = batch.reduce((sum, event) => sum + event.data.length, loaded.size);
  const after = { state: events.reduce(evolver.evolve, loaded.state), revision, position, size, traceparent };
  cache?.set(stream, after);
  return { ...after, before: loaded.state, events };
}

/**
 * Ids that a seed makes the same everywhere are answered as written whoever wrote them first, and the other's events
 * need not say what ours would have: the stream tells whose they are, and what they say.
 */
async function readBack<S, E extends LedgerEvent>(
  store: EventStore,
  { stream, evolver, cache }: Pick<Transaction<S, E>, 'stream' | 'evolver' | 'cache'>,
  commandId: string,
  ours: { readonly before: S; readonly events: readonly E[] },
): Promise<Transacted<S, E>> {
  const recorded = await readStream(store, stream).catch((cause: Error) => {
    throw new LedgerUnavailable(cause.message, true, { cause });
  });
  const stored = foldRecorded(recorded, evolver);
  cache?.set(stream, stored);
  const isOurs = recorded.some((event) => decodeMetadata(event).commandId === commandId);
  return isOurs ? { ...stored, ...ours } : { ...stored, before: stored.state, events: [] };
}

function isStale(loaded: Folded<unknown>, ifRevision: number | undefined): boolean {
  return ifRevision !== undefined && loaded.revision !== ifRevision;
}
