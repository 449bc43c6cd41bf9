import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openStore } from '@countersign/event-store';
import { type Engine, startEngine } from '../runtime/engine.ts';
import { RebuildRefused } from '../runtime/errors.ts';
import { FolderTaken } from '../runtime/lock.ts';
import type { ProjectionLog } from '../runtime/log.ts';
import { messageOf } from '../runtime/sqlite-error.ts';
import { PROJECTIONS } from '../views/all.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './protocol.ts';

/** The thread that reads, decodes and writes; whatever goes wrong beyond a single view ends it, and it is started anew. */

/** How often to look whether another connection has committed: what is appended is seen so much later at most. */
const WATCH_MS = 2;
/** Between two looks whether a folder that was taken is free. */
const TAKEN_MS = 200;

const port = parentPort;
if (!port) throw new Error('this file is the worker of the projections; it is started by them');
const send = (message: FromWorker): void => port.postMessage(message);

const { storeUrl, folder } = workerData as WorkerSetup;
const log: ProjectionLog = (level, message, facts) => send({ kind: 'log', level, message, facts });
const store = await openStore(storeUrl, {
  readOnly: true,
  watchMs: WATCH_MS,
  eventStoreDb: {
    signals: {
      onWarning: (warning) => log('warn', warning, {}),
      onResubscribe: (reason, attempt, detail) =>
        log('warn', 'the subscription of the projections was lost', { reason, attempt, detail }),
    },
  },
});
let engine: Engine | undefined;
let stopping = false;

port.on('message', (message: ToWorker) => {
  if (message.kind === 'stop') void stop();
  else answer(message);
});
await startWhenFree();

/** Whoever keeps the folder may be about to leave it: an instance that this one replaces. */
async function startWhenFree(): Promise<void> {
  for (let told = false; !engine && !stopping; told = true) {
    try {
      engine = startEngine({
        store,
        folder,
        projections: PROJECTIONS,
        log,
        onStatus: (statuses) => send({ kind: 'status', statuses }),
        onActivated: (name, file, old) => send({ kind: 'activated', name, file, old }),
        onGone: (name) => send({ kind: 'gone', name }),
      });
    } catch (error) {
      if (!(error instanceof FolderTaken)) throw error;
      if (!told) log('error', 'the views wait for their folder', { reason: error.message });
      await sleep(TAKEN_MS);
    }
  }
}

function answer({ kind, call, name }: Exclude<ToWorker, { kind: 'stop' }>): void {
  try {
    if (!engine) throw new RebuildRefused('stopped', 'the views are not kept yet: their folder is taken');
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
  stopping = true;
  await engine?.stop();
  await store.close();
  port?.close();
}
