import {
  canonicalJson,
  decodeEvent,
  decodeMetadata,
  type Hash,
  loadPolicy,
  type Policy,
  type PolicyError,
  type PolicyEvent,
  policyHash,
} from '@countersign/domain';
import {
  type EventStore,
  type Position,
  type RecordedEvent,
  START,
  StoreError,
} from '@countersign/event-store';
import { type Clock, timestamp } from '../clock.ts';
import { LedgerUnavailable } from '../errors.ts';
import { newId } from '../ids.ts';
import type { LedgerSignals } from '../signals.ts';
import { backoff } from '../transact/backoff.ts';
import { readStream } from '../transact/load.ts';
import { transact } from '../transact/transact.ts';

/** A policy as text: the file, and the schema files it names by the path written there. */
export interface PolicyBundle {
  readonly file: string;
  readonly text: string;
  readonly schemas: Readonly<Record<string, string>>;
}

export type PolicySource = PolicyEvent['data']['source'];

/** The policy in force is the last one activated in the stream `policy`, for every instance alike. */
export interface PolicyRegister {
  /** @throws LedgerUnavailable while the ledger has not been read, or holds no policy yet */
  inForce(): Policy;
  /** Any policy that ever came into force. @throws Error for one that this version cannot read */
  byHash(hash: Hash): Policy | undefined;
  /**
   * Puts a policy into force, durably; it is in force here when this resolves. The one already in force changes nothing.
   * @param onlyIfNew leave things as they are when this policy was ever active before
   */
  activate(bundle: PolicyBundle, by: string, source: PolicySource, onlyIfNew?: boolean): Promise<Activation>;
  /** Follows the ledger until the signal; resolves once everything written so far is known. */
  follow(signal: AbortSignal): Promise<void>;
}

export type Activation =
  | { readonly ok: true; readonly hash: Hash; readonly changed: boolean }
  | { readonly ok: false; readonly errors: readonly PolicyError[] };

const STREAM = 'policy';

interface Activations {
  readonly hashes: readonly Hash[];
}
const evolver = {
  initial: { hashes: [] } as Activations,
  evolve: (state: Activations, event: PolicyEvent): Activations => ({
    hashes: [...state.hashes, event.data.hash as Hash],
  }),
};

/** An activation, its place in the stream, and whether this register made it. */
interface Learnt {
  readonly event: PolicyEvent;
  readonly revision: number;
  readonly own: boolean;
}

export function createPolicyRegister(options: {
  store: EventStore;
  clock: Clock;
  signals?: LedgerSignals;
  deadlineMs?: number;
}): PolicyRegister {
  const { store, clock, signals = {}, deadlineMs = 5000 } = options;
  const recorded = new Map<Hash, PolicyEvent>();
  const read = new Map<Hash, Policy>();
  /** Correlation ids of activations made here: the subscription may tell of one before the append is answered. */
  const ownIds = new Set<string>();
  let active: Policy | undefined;
  let activeRevision = -1;

  /** Read only when asked for: one that this version cannot read matters while it is in force, and not before or after. */
  function byHash(hash: Hash): Policy | undefined {
    const event = recorded.get(hash);
    const policy = read.get(hash) ?? (event && parse(event));
    if (policy) read.set(hash, policy);
    return policy;
  }

  /** Events in their order; the newest alone comes into force. */
  function learn(learnt: readonly Learnt[]): void {
    for (const { event } of learnt) recorded.set(event.data.hash as Hash, event);
    const news = learnt.filter(({ revision }) => revision > activeRevision);
    const newest = news.at(-1);
    if (!newest) return;
    active = byHash(newest.event.data.hash as Hash);
    activeRevision = newest.revision;
    for (const { event, own } of news) {
      const { hash, source } = event.data;
      signals.policyActivated?.({ hash, source, own });
    }
  }

  async function activate(
    bundle: PolicyBundle,
    by: string,
    source: PolicySource,
    onlyIfNew = false,
  ): Promise<Activation> {
    const loaded = loadPolicy(bundle);
    if ('errors' in loaded) return { ok: false, errors: loaded.errors };
    const hash = policyHash(bundle.text, bundle.schemas);
    const event: PolicyEvent = {
      type: 'PolicyActivated',
      data: { at: timestamp(clock), by, source, hash, ...bundle },
    };
    const correlationId = newId();
    ownIds.add(correlationId);
    const done = await transact(
      store,
      {
        stream: STREAM,
        evolver,
        origin: { correlationId },
        decide: ({ hashes }) => ({
          events: hashes.at(-1) === hash || (onlyIfNew && hashes.includes(hash)) ? [] : [event],
        }),
      },
      { maxAttempts: 10, deadlineMs },
    ).catch((error: unknown) => {
      // A policy's text may be larger than what a store takes at once.
      if (error instanceof StoreError && error.kind === 'refused') return error;
      throw error;
    });
    if (done instanceof StoreError) {
      return {
        ok: false,
        errors: [{ file: bundle.file, line: 1, column: 1, path: '', message: done.message }],
      };
    }
    if (done.events.length > 0) learn([{ event, revision: done.revision, own: true }]);
    else await readAll();
    ownIds.delete(correlationId);
    return { ok: true, hash, changed: done.events.length > 0 };
  }

  async function readAll(): Promise<Position> {
    const events = await readStream(store, STREAM);
    learnRecorded(events);
    return events.at(-1)?.position ?? START;
  }

  function learnRecorded(events: readonly RecordedEvent[]): void {
    learn(
      events.map((event) => ({
        event: decodeEvent(event) as PolicyEvent,
        revision: event.revision,
        own: ownIds.has(decodeMetadata(event).correlationId),
      })),
    );
  }

  async function follow(signal: AbortSignal): Promise<void> {
    const after = await readUntilReachable(signal);
    void keepFollowing(after, signal);
  }

  async function readUntilReachable(signal: AbortSignal): Promise<Position> {
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        return await readAll();
      } catch (error) {
        signals.failed?.({ what: 'reading the policy in force', error });
        await backoff(attempt, { baseMs: 100, maxMs: 5000 });
      }
    }
    return START;
  }

  async function keepFollowing(after: Position, signal: AbortSignal): Promise<void> {
    let position = after;
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        for await (const batch of store.subscribe({
          after: position,
          filter: { categories: [STREAM] },
          signal,
        })) {
          learnRecorded(batch.events);
          position = batch.position;
          attempt = 1;
        }
      } catch (error) {
        signals.failed?.({ what: 'following the policy', error });
        await backoff(attempt, { baseMs: 100, maxMs: 5000 });
      }
    }
  }

  return {
    inForce() {
      if (!active) throw new LedgerUnavailable('no policy is in force yet', false);
      return active;
    },
    byHash,
    activate,
    follow,
  };
}

/** A recorded policy was checked before it was recorded; one that does not load now is from a newer program. */
function parse({ data }: PolicyEvent): Policy {
  const loaded = loadPolicy(data);
  if ('policy' in loaded) return loaded.policy;
  const why = loaded.errors.map((error) => `${error.line}: ${error.message}`).join('; ');
  throw new Error(
    `the policy recorded as ${canonicalJson(data.hash)} cannot be read by this version: ${why}`,
  );
}
