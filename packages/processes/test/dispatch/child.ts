import type { Context } from '@countersign/application';
import type { EventStore } from '@countersign/event-store';
import { openInstance } from './instance.ts';

/**
 * An instance in a process of its own, which stops at boundaries that are counted, not timed. There it ends itself by
 * SIGKILL, or stands still until it is ended, with other requests at other boundaries. Speaks lines of JSON with whoever
 * started it.
 */
export interface ChildOrders {
  readonly dir: string;
  readonly outside: string;
  readonly name: string;
  /** Its clock, ahead of the machine's. */
  readonly aheadMs: number;
  /** Dies there, whichever request it is. */
  readonly die?: Boundary;
  /** Stands still there, by request. */
  readonly stand?: Readonly<Record<string, Boundary>>;
  /** Begin so many dispatches of the request at once, when told to by a line. */
  readonly dispatch?: { readonly requestId: string; readonly times: number; readonly context: Context };
}

/** Before an append to a request reaches the store, or once it is durable and nobody has heard of it. */
export interface Boundary {
  readonly when: 'before' | 'after';
  /** 1 for the first that this instance makes to the request. */
  readonly append: number;
}

/** What a child tells. Outcomes of dispatches are codes of refusals, or `ok`. */
export type ChildLine = { readonly ready: true } | { readonly stands: string } | { readonly outcome: string };

const orders: ChildOrders = JSON.parse(process.argv[2] ?? '');
const { dir, outside, name, aheadMs, die, stand, dispatch } = orders;

function halt(requestId: string): Promise<never> {
  if (die) process.kill(process.pid, 'SIGKILL');
  say({ stands: requestId });
  return new Promise(() => {});
}

function mortal(store: EventStore): EventStore {
  const appends = new Map<string, number>();
  const append: EventStore['append'] = async (stream, expected, events) => {
    const requestId = stream.slice('approval-'.length);
    const count = (appends.get(requestId) ?? 0) + 1;
    appends.set(requestId, count);
    const boundary = die ?? stand?.[requestId];
    const isHere = stream.startsWith('approval-') && count === boundary?.append;
    if (isHere && boundary.when === 'before') return halt(requestId);
    const result = await store.append(stream, expected, events);
    return isHere ? halt(requestId) : result;
  };
  return { ...store, append };
}

function say(line: ChildLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const clock = () => Date.now() + aheadMs;
const instance = await openInstance({
  dir,
  outside,
  name,
  clock,
  start: !dispatch,
  wrapStore: mortal,
  limits: { maxConcurrent: 64 },
});
if (dispatch) {
  const { requestId, times, context } = dispatch;
  process.stdin.once('data', async () => {
    const all = Array.from({ length: times }, async () => {
      const answer = await instance.dispatcher.dispatch(requestId, context);
      say({ outcome: answer.ok ? 'ok' : answer.refusal.code });
    });
    await Promise.all(all);
    await instance.close();
    process.exit();
  });
}
// It does not outlive whoever started it.
process.stdin.on('end', () => process.exit(1)).resume();
say({ ready: true });
