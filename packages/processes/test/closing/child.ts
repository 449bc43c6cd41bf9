import type { ConnectorSettings } from '@countersign/connectors';
import type { EventStore } from '@countersign/event-store';
import { openInstance } from './instance.ts';

/**
 * An instance in a process of its own, which stands still at boundaries that are counted, not timed, until it is ended.
 * Speaks lines of JSON with whoever started it.
 */
export interface ChildOrders {
  readonly dir: string;
  readonly name: string;
  readonly policy: string;
  readonly settings: ConnectorSettings;
  /** Where it stands still, by request. */
  readonly stand: Readonly<Record<string, Boundary>>;
}

/** Before an append to the account of a request's calls reaches the store, or once it is durable and nobody has heard of it. */
export interface Boundary {
  readonly when: 'before' | 'after';
  /** 1 for the claim, 2 for what came of the call. */
  readonly append: number;
}

const { stand, ...orders }: ChildOrders = JSON.parse(process.argv[2] ?? '');

function mortal(store: EventStore): EventStore {
  const appends = new Map<string, number>();
  const append: EventStore['append'] = async (stream, expected, events) => {
    const count = (appends.get(stream) ?? 0) + 1;
    appends.set(stream, count);
    const boundary = stand[stream.replace(/^closing-/, '')];
    const isHere = stream.startsWith('closing-') && count === boundary?.append;
    if (isHere && boundary.when === 'before') return halt(stream);
    const result = await store.append(stream, expected, events);
    return isHere ? halt(stream) : result;
  };
  return { ...store, append };
}

function halt(stream: string): Promise<never> {
  process.stdout.write(`${stream}\n`);
  return new Promise(() => {});
}

await openInstance({
  ...orders,
  clock: Date.now,
  start: true,
  wrapStore: mortal,
  limits: { maxConcurrent: 64 },
});
// It does not outlive whoever started it.
process.stdin.on('end', () => process.exit(1)).resume();
