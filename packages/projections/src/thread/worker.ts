import { parentPort, workerData } from 'node:worker_threads';
import { openStore } from '@countersign/event-store';
import { type Engine, startEngine } from '../runtime/engine.ts';
import { RebuildRefused } from '../runtime/errors.ts';
import { messageOf } from '../runtime/sqlite-error.ts';
import { PROJECTIONS } from '../views/all.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './protocol.ts';

/** The thread that reads, decodes and writes; whatever goes wrong beyond a single view ends it, and it is started anew. */

/** How often to look whether another connection has committed: what is appended is seen so much later at most. */
const WATCH_MS = 2;

const port = parentPort;
if (!port) throw new Error('this file is the worker of the projections; it is started by them');
const send = (message: FromWorker): void => port.postMessage(message);

const { storeUrl, folder } = workerData as WorkerSetup;
const warn = (message: string, facts: Record<string, unknown> = {}): void =>
  send({ kind: 'log', level: 'warn', message, facts });
const store = await openStore(storeUrl, {
  watchMs: WATCH_MS,
  eventStoreDb: {
    signals: {
      onWarning: (warning) => warn(warning),
      onResubscribe: (reason, attempt, detail) =>
        warn('the subscription of the projections was lost', { reason, attempt, detail }),
    },
  },
});
const engine: Engine = startEngine({
  store,
  folder,
  projections: PROJECTIONS,
  log: (level, message, facts) => send({ kind: 'log', level, message, facts }),
  onStatus: (statuses) => send({ kind: 'status', statuses }),
  onActivated: (name, file, old) => send({ kind: 'activated', name, file, old }),
  onGone: (name) => send({ kind: 'gone', name }),
});

port.on('message', (message: ToWorker) => {
  if (message.kind === 'stop') void stop();
  else answer(message);
});

function answer({ kind, call, name }: Exclude<ToWorker, { kind: 'stop' }>): void {
  try {
    if (kind === 'resume') engine.resume(name);
    else report(call, engine.rebuild(name));
    send({ kind: 'begun', call });
  } catch (error) {
    if (!(error instanceof RebuildRefused)) throw error;
    send({ kind: 'refused', call, reason: error.reason, message: error.message });
  }
}

function report(call: number, rebuilding: ReturnType<Engine['rebuild']>): void {
  rebuilding.then(
    (result) => send({ kind: 'done', call, result }),
    (error: unknown) => send({ kind: 'failed', call, message: messageOf(error) }),
  );
}

async function stop(): Promise<void> {
  await engine.stop();
  await store.close();
  port?.close();
}
