import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { RebuildRefused } from '../runtime/errors.ts';
import { messageOf } from '../runtime/sqlite-error.ts';
import { createCalls } from './calls.ts';
import type { Host, HostEvents, HostOptions } from './host.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './protocol.ts';

/** A rebuild makes much that lives for one batch only; with the default of 16 it would be moved to the old generation. */
const YOUNG_MB = 64;
const WINDOW_MS = 60_000;
const PAUSE_MS = 100;
/** A worker that does not stop when asked is ended. */
const STOP_MS = 10_000;

/** In a worker thread, started anew when it dies, up to a bound. */
export function runInWorker({ storeUrl, folder, maxRestarts, events }: HostOptions): Host {
  const calls = createCalls();
  const deaths: number[] = [];
  let restarts = 0;
  let stopped = false;
  let again: NodeJS.Timeout | undefined;
  let worker: Worker | undefined = spawn();

  function spawn(): Worker {
    const workerData: WorkerSetup = { storeUrl, folder };
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
    const started = new Worker(new URL(file, import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    let reason = 'it ended by itself';
    started.on('message', (message: FromWorker) => receive(message, events, calls));
    started.on('error', (error) => {
      reason = messageOf(error);
    });
    started.once('exit', () => {
      worker = undefined;
      if (!stopped) died(reason);
    });
    return started;
  }

  function died(reason: string): void {
    const now = Date.now();
    deaths.push(now);
    while ((deaths[0] ?? now) < now - WINDOW_MS) deaths.shift();
    const final = deaths.length > maxRestarts;
    calls.fail(`the projections' worker died: ${reason}`);
    events.log('error', 'the worker of the projections died', { reason, deaths: deaths.length, final });
    events.onDown(reason, final);
    if (final) return;
    again = setTimeout(
      () => {
        restarts++;
        worker = spawn();
      },
      PAUSE_MS * 2 ** (deaths.length - 1),
    );
    again.unref();
  }

  function post(message: ToWorker): void {
    if (!worker) throw new RebuildRefused('stopped', 'the projections are not running');
    worker.postMessage(message);
  }

  return {
    async rebuild(name) {
      const { call, begun, done } = calls.open();
      post({ kind: 'rebuild', call, name });
      await begun;
      return { done };
    },
    async resume(name) {
      const { call, begun } = calls.open();
      post({ kind: 'resume', call, name });
      await begun;
      calls.forget(call);
    },
    get restarts() {
      return restarts;
    },
    async stop() {
      stopped = true;
      clearTimeout(again);
      const leaving = worker;
      if (!leaving) return;
      const gone = once(leaving, 'exit');
      leaving.postMessage({ kind: 'stop' } satisfies ToWorker);
      const late = setTimeout(() => {
        events.log('error', 'the worker of the projections does not stop; it is ended', {});
        void leaving.terminate();
      }, STOP_MS);
      await gone;
      clearTimeout(late);
      calls.fail('the projections were shut down');
    },
  };
}

function receive(message: FromWorker, events: HostEvents, calls: ReturnType<typeof createCalls>): void {
  switch (message.kind) {
    case 'status':
      events.onStatus(message.statuses);
      break;
    case 'activated':
      events.onActivated(message.name, message.file, message.old);
      break;
    case 'gone':
      events.onGone(message.name);
      break;
    case 'log':
      events.log(message.level, message.message, message.facts);
      break;
    default:
      calls.settle(message);
  }
}
