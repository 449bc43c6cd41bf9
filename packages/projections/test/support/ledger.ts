import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson, type LedgerEvent, newestVersion } from '@countersign/domain';
import { type EventStore, type NewEvent, openStore, type RecordedEvent } from '@countersign/event-store';

const cleanups: (() => void | Promise<void>)[] = [];

/** Undoes, newest first, what the helpers here and the tests have opened. Belongs in `afterEach`. */
export async function cleanUp(): Promise<void> {
  for (const undo of cleanups.splice(0).reverse()) await undo();
}

export function later(undo: () => void | Promise<void>): void {
  cleanups.push(undo);
}

export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'projections-'));
  later(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export interface TestStore {
  readonly url: string;
  readonly dir: string;
  readonly store: EventStore;
}

export async function fileStore(): Promise<TestStore> {
  const dir = tempDir();
  const url = `sqlite:${join(dir, 'ledger.db')}`;
  const store = await openStore(url, { watchMs: 2 });
  later(() => store.close());
  return { url, dir, store };
}

export async function memoryStore(): Promise<TestStore> {
  const url = 'sqlite::memory:';
  const store = await openStore(url);
  later(() => store.close());
  return { url, dir: tempDir(), store };
}

export function newEvent({ type, data }: LedgerEvent, more: object = {}): NewEvent {
  const metadata = { schemaVersion: newestVersion(type), commandId: 'c', correlationId: 'k', ...more };
  return { id: randomUUID(), type, data: canonicalJson(data), metadata: canonicalJson(metadata) };
}

/** Appends events one after the other, each to its stream. */
export async function append(
  store: EventStore,
  steps: readonly { stream: string; event: LedgerEvent }[],
): Promise<string> {
  const revisions = new Map<string, number>();
  const positions = await Promise.all(
    steps.map(({ stream, event }) => {
      const revision = revisions.get(stream);
      revisions.set(stream, revision === undefined ? 0 : revision + 1);
      return store.append(stream, revision ?? 'no_stream', [newEvent(event)]);
    }),
  );
  return (
    positions
      .map(({ position }) => position)
      .sort()
      .at(-1) ?? ''
  );
}

/** An event as a store would give it back, for handlers tried without one. */
export function recorded(stream: string, revision: number, n: number, event: LedgerEvent): RecordedEvent {
  return { ...newEvent(event), stream, revision, position: String(n).padStart(16, '0'), storedAt: 0 };
}

/** Looks until something is so; fails after a deadline. */
export async function eventually(
  what: string,
  look: () => boolean | Promise<boolean>,
  ms = 10_000,
): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
