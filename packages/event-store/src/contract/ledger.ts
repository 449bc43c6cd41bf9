import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import type { EventFilter, EventStore, NewEvent, Position, RecordedEvent } from '../port.ts';

/** One log, and as many clients of it as a case wants. */
export interface Ledger {
  open(): Promise<EventStore>;
  /** Removes the ledger; every client has been closed before. */
  cleanup(): Promise<void>;
}

export interface ContractOptions {
  /** False where the log may hold events of others (a shared server): what needs an empty one is skipped. */
  readonly emptyLog?: boolean;
  /** False where a second client cannot see the ledger (in memory): one client then plays both parts. */
  readonly severalClients?: boolean;
}

/** What a case works on. Its streams are in a category of its own, because the cases share one log. */
export interface Bench {
  readonly store: EventStore;
  readonly other: EventStore;
  readonly category: string;
  /** Only this case's events. */
  readonly mine: EventFilter;
  /** The name of a stream of this case. */
  stream(name: string | number): string;
}

/** Prepares one ledger and two clients of it for the surrounding block; closes and removes all at its end. */
export function useLedger(create: () => Promise<Ledger>, options: ContractOptions): () => Bench {
  let ledger: Ledger | undefined;
  let opened: EventStore[] = [];
  let bench: Bench | undefined;

  beforeAll(async () => {
    const fresh = await create();
    ledger = fresh;
    const open = async (): Promise<EventStore> => {
      const store = await fresh.open();
      opened.push(store);
      return store;
    };
    const store = await open();
    const other = options.severalClients === false ? store : await open();
    bench = { store, other, ...names() };
  });
  beforeEach(() => {
    if (bench) bench = { ...bench, ...names() };
  });
  afterAll(async () => {
    await Promise.all(opened.map((store) => store.close()));
    opened = [];
    bench = undefined;
    await ledger?.cleanup();
    ledger = undefined;
  });

  return () => {
    if (!bench) throw new Error('the ledger is there only while a case runs');
    return bench;
  };
}

/** Names that no other case, nor an earlier run on the same log, has used. */
export function names(): Pick<Bench, 'category' | 'mine' | 'stream'> {
  const category = `c${randomBytes(6).toString('hex')}`;
  return { category, mine: { categories: [category] }, stream: (name) => `${category}-${name}` };
}

export function event(type = 'Happened', data = '{}', metadata = '{}'): NewEvent {
  return { id: randomUUID(), type, data, metadata };
}

export function events(count: number, type = 'Happened'): NewEvent[] {
  return Array.from({ length: count }, (_, index) => event(type, `{"n":${index}}`));
}

/** The log behind a position, page by page until nothing is left. */
export async function readAll(
  store: EventStore,
  after: Position,
  filter?: EventFilter,
  limit = 100,
): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for (let from = after; ; ) {
    const page = await store.readLog(from, limit, filter);
    found.push(...page.events);
    if (page.end) return found;
    if (!(from < page.position)) throw new Error(`a page that is not the last must move on from '${from}'`);
    from = page.position;
  }
}

export function ids(list: readonly { readonly id: string }[]): string[] {
  return list.map(({ id }) => id);
}
