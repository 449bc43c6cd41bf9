import type { EventStore, Position } from '@countersign/event-store';
import type { RebuildResult } from '../types.ts';
import { resumeAfter } from './anchor.ts';
import { createBuilds } from './builds.ts';
import { RebuildRefused } from './errors.ts';
import { createKeeper } from './keeper.ts';
import { createLag } from './lag.ts';
import { lockFolder } from './lock.ts';
import type { ProjectionLog } from './log.ts';
import type { Projection } from './projection.ts';
import { createPump } from './pump.ts';
import { newSlot, type Slot, statusOf } from './slot.ts';
import type { ProjectionStatus } from './status.ts';
import { openFolder } from './view-folder.ts';

export interface EngineOptions {
  readonly store: EventStore;
  /** Folder of the view files. */
  readonly folder: string;
  readonly projections: readonly Projection[];
  readonly log: ProjectionLog;
  /** After every batch and every change of state. */
  onStatus(statuses: readonly ProjectionStatus[]): void;
  /** Readers go to this file from now on; `old` may be deleted once they have. */
  onActivated(name: string, file: string, old: string | undefined): void;
  /** The file in force turned out to be unusable: nothing can be read until the next one is built. */
  onGone(name: string): void;
}

/** Keeps the views of one folder. Everything in one thread. */
export interface Engine {
  status(): ProjectionStatus[];
  /** @throws RebuildRefused */
  rebuild(name: string): Promise<RebuildResult>;
  /** @throws RebuildRefused for an unknown name */
  resume(name: string): void;
  stop(): Promise<void>;
}

/** A thread that has just died may take a moment to let go. */
const LOCK_WAIT_MS = 1000;

/**
 * Opens the folder and begins to follow the log. Returns at once: what is missing or of another version is built in
 * the background. @throws FolderTaken when another process keeps the folder
 */
export function startEngine(options: EngineOptions): Engine {
  const { store, log, projections } = options;
  const unlock = lockFolder(options.folder, LOCK_WAIT_MS);
  const folder = openFolder(options.folder, log);
  const slots = new Map(projections.map((projection) => [projection.name, newSlot(projection)]));
  const stop = new AbortController();
  const stopping = stop.signal;

  const lag = createLag(store);
  const status = (): ProjectionStatus[] =>
    [...slots.values()].map((slot) => statusOf(slot, Date.now(), lag.behind(slot.position)));
  const tell = (): void => options.onStatus(status());

  const keeper = createKeeper({
    folder,
    log,
    stopping,
    onReopened() {
      pump.restart();
      tell();
    },
    onDiscarded(slot) {
      options.onGone(slot.projection.name);
      buildUnlessUnderWay(slot);
    },
  });
  const builds = createBuilds({
    store,
    folder,
    log,
    stopping,
    keeper,
    given: () => pump.position,
    onProgress: tell,
    onActivated(slot, old) {
      options.onActivated(slot.projection.name, slot.file ?? '', old);
      if (pump.position === undefined) pump.restart();
    },
  });
  const pump = createPump({
    store,
    log,
    categories: [...new Set(projections.flatMap(({ categories }) => categories))],
    begin: verifiedStart,
    take(events, upTo, caughtUp) {
      for (const slot of slots.values()) keeper.follow(slot, events, upTo, caughtUp);
      if (!caughtUp || [...slots.values()].some(({ view }) => !view)) lag.refresh();
      tell();
    },
  });

  /** The lowest checkpoint of the views that belong to this ledger; those that do not are built anew. */
  async function verifiedStart(): Promise<Position | undefined> {
    for (const slot of slots.values()) {
      const { view } = slot;
      if (!view || slot.verified) continue;
      const after = await resumeAfter(store, view.checkpoint, slot.projection.categories);
      // Another one may have come into force meanwhile, built from this very ledger.
      if (slot.view !== view) continue;
      if (after === undefined)
        keeper.discard(slot, 'it was made from another ledger, or from one put back since');
      else keeper.goBack(slot, after);
    }
    const positions = [...slots.values()].filter(({ view }) => view).map(({ position }) => position);
    return positions.sort()[0];
  }

  function buildUnlessUnderWay(slot: Slot): void {
    if (slot.build || stopping.aborted) return;
    // How it ends is logged and shown in the status.
    builds.begin(slot).catch(() => undefined);
  }

  function slotOf(name: string): Slot {
    const slot = slots.get(name);
    if (slot) return slot;
    const known = [...slots.keys()].join(', ');
    throw new RebuildRefused('unknown_projection', `there is no projection "${name}"; there are: ${known}`);
  }

  function openFound(found: ReturnType<typeof folder.tidy>): void {
    for (const slot of slots.values()) {
      const known = found.get(slot.projection.name);
      if (known) {
        slot.file = known.file;
        slot.position = known.meta.position;
        slot.handled = known.meta.handled;
        slot.outdated = known.meta.version !== slot.projection.version;
        options.onActivated(slot.projection.name, known.file, undefined);
      }
      if (known && !slot.outdated) keeper.reopen(slot);
      else buildUnlessUnderWay(slot);
    }
  }

  openFound(folder.tidy());

  return {
    status,
    rebuild(name) {
      const slot = slotOf(name);
      if (stopping.aborted) throw new RebuildRefused('stopped', 'the projections are being shut down');
      if (slot.build) throw new RebuildRefused('already_rebuilding', `${name} is being rebuilt already`);
      return builds.begin(slot);
    },
    resume(name) {
      const slot = slotOf(name);
      if (slot.view || slot.build) return;
      slot.lastError = undefined;
      if (slot.file && !slot.outdated) keeper.reopen(slot);
      else buildUnlessUnderWay(slot);
    },
    async stop() {
      stop.abort();
      await pump.stop();
      await builds.finished();
      for (const slot of slots.values()) {
        keeper.close(slot);
        slot.state = 'stopped';
      }
      tell();
      unlock();
    },
  };
}
