import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPolicyRegister, derivedId, newId, systemClock } from '@countersign/application';
import { type ApprovalEvent, canonicalJson, newestVersion, type Policy } from '@countersign/domain';
import { type NewEvent, openSqliteStore, type SqliteStore } from '@countersign/event-store';
import { SEED_POLICY, seedPolicy } from './policy.ts';
import { EVENTS_OF_A_DECIDED, type Seeded, seedRequest } from './requests.ts';

export interface SeedSize {
  /** Undecided requests: one event each. */
  readonly pending: number;
  /** Decided requests: six events each. */
  readonly decided: number;
}

/** 1,000,000 events of 250,000 requests, 100,000 of them pending. */
export const MILLION: SeedSize = { pending: 100_000, decided: 150_000 };
export const SMALL: SeedSize = { pending: 1_000, decided: 1_500 };

export function eventsOf({ pending, decided }: SeedSize): number {
  return pending + decided * EVENTS_OF_A_DECIDED;
}

/** Raise it when what is seeded changes. */
const FORMAT = 1;
/** So many requests are under way at once, as in a ledger that people use. */
const OPEN_AT_ONCE = 1000;
const IN_FLIGHT = 4000;
const PERIOD_MS = 30 * 24 * 3600 * 1000;

/**
 * A folder with `ledger.db`, made through the store's own appends; kept for the next run.
 * Whoever opens it may build views beside the ledger, and must append nothing.
 */
export async function seededLedger(size: SeedSize, log: (text: string) => void): Promise<string> {
  const folder = join(tmpdir(), `countersign-bench-seed-${FORMAT}-${size.pending}-${size.decided}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  log(`seeding ${eventsOf(size).toLocaleString('en-US')} events, once …`);
  const store = await openSqliteStore(join(unfinished, 'ledger.db'));
  try {
    const policies = createPolicyRegister({ store, clock: systemClock });
    await policies.activate({ file: 'policy.yaml', text: SEED_POLICY, schemas: {} }, 'file', 'start');
    await fill(store, seedPolicy(), size, log);
  } finally {
    await store.close();
  }
  renameSync(unfinished, folder);
  return folder;
}

async function fill(
  store: SqliteStore,
  policy: Policy,
  size: SeedSize,
  log: (text: string) => void,
): Promise<void> {
  let waiting: Promise<unknown>[] = [];
  let appended = 0;
  for (const { stream, expected, events } of interleaved(policy, size)) {
    waiting.push(store.append(stream, expected, encode(events)));
    if (waiting.length < IN_FLIGHT) continue;
    await Promise.all(waiting);
    appended += waiting.length;
    waiting = [];
    if (appended % 100_000 === 0) log(`${appended.toLocaleString('en-US')} appends`);
  }
  await Promise.all(waiting);
}

interface Append {
  readonly stream: string;
  readonly expected: 'no_stream' | number;
  readonly events: readonly ApprovalEvent[];
}

/** Requests begin in order; which of those under way goes on next is left to a fixed sequence of chances. */
function* interleaved(policy: Policy, { pending, decided }: SeedSize): Generator<Append> {
  const total = pending + decided;
  const began = Date.now() - PERIOD_MS;
  const chance = fixedChances();
  const open: { seeded: Seeded; done: number; revision: number }[] = [];
  let next = 0;
  while (next < total || open.length > 0) {
    if (next < total && open.length < OPEN_AT_ONCE) {
      const at = began + Math.floor((next / total) * (PERIOD_MS - 3_600_000));
      // Every request whose turn it is by proportion stays pending, so that they lie all over the ledger.
      const isDecided = Math.floor(((next + 1) * decided) / total) > Math.floor((next * decided) / total);
      open.push({ seeded: seedRequest(policy, next++, at, isDecided), done: 0, revision: -1 });
    }
    const index = Math.floor(chance() * open.length);
    const request = open[index];
    if (!request) continue;
    const events = request.seeded.appends[request.done++] ?? [];
    yield {
      stream: `approval-${request.seeded.requestId}`,
      expected: request.revision === -1 ? 'no_stream' : request.revision,
      events,
    };
    request.revision += events.length;
    if (request.done === request.seeded.appends.length) {
      open[index] = open.at(-1) as typeof request;
      open.pop();
    }
  }
}

function encode(events: readonly ApprovalEvent[]): NewEvent[] {
  const commandId = newId();
  return events.map((event, index) => ({
    id: derivedId(`${commandId}/${index}`),
    type: event.type,
    data: canonicalJson(event.data),
    metadata: canonicalJson({
      commandId,
      correlationId: commandId,
      schemaVersion: newestVersion(event.type),
    }),
  }));
}

/** Mulberry32: the same numbers in [0, 1) every time. */
function fixedChances(): () => number {
  let state = 42;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
}
