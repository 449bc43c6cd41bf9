import type { EventStore, Position } from '@countersign/event-store';
import type { RebuildResult } from '../types.ts';
import { BuildFailed, build } from './build.ts';
import type { Keeper } from './keeper.ts';
import type { ProjectionLog } from './log.ts';
import type { Build, Slot } from './slot.ts';
import { messageOf } from './sqlite-error.ts';
import type { BuildingView } from './view.ts';
import type { ViewFolder } from './view-folder.ts';

export interface BuildsOptions {
  readonly store: EventStore;
  readonly folder: ViewFolder;
  readonly log: ProjectionLog;
  readonly stopping: AbortSignal;
  readonly keeper: Keeper;
  /** How far the views in force have been given the log; undefined while none follows it. */
  given(): Position | undefined;
  onProgress(): void;
  /** The slot's new file is in force. */
  onActivated(slot: Slot, old: string | undefined): void;
}

export interface Builds {
  /** Builds a new file for the slot, which must have no build under way. */
  begin(slot: Slot): Promise<RebuildResult>;
  /** Settles when no build is under way. */
  finished(): Promise<void>;
}

/** Progress is told at most so often. */
const PROGRESS_MS = 200;

/** New files beside those in force. Builds wait for each other: each reads the whole log. */
export function createBuilds(options: BuildsOptions): Builds {
  const { store, folder, log, stopping, keeper } = options;
  let queue: Promise<unknown> = Promise.resolve();

  function begin(slot: Slot): Promise<RebuildResult> {
    const progress = { startedAt: Date.now(), handled: 0, expected: slot.handled || undefined };
    slot.build = progress;
    options.onProgress();
    const result = queue.then(() => run(slot, progress));
    // The slot's status shows how it ended; the next build begins either way.
    queue = result.catch(() => undefined);
    return result;
  }

  async function run(slot: Slot, progress: Build): Promise<RebuildResult> {
    const { projection } = slot;
    const { name } = projection;
    progress.startedAt = Date.now();
    try {
      stopping.throwIfAborted();
      log('info', 'building a view', { view: name, version: projection.version });
      await build({
        store,
        projection,
        file: folder.nextFile(name),
        signal: stopping,
        onHandled: counting(progress),
        activate: (view) => activate(slot, view),
      });
      const milliseconds = Date.now() - progress.startedAt;
      log('info', 'a view was built and is in force', {
        view: name,
        handled: progress.handled,
        milliseconds,
      });
      return { name: name as RebuildResult['name'], handled: progress.handled, milliseconds };
    } catch (error) {
      slot.build = undefined;
      if (!stopping.aborted) failed(slot, error);
      throw error;
    } finally {
      slot.build = undefined;
      options.onProgress();
    }
  }

  function counting(progress: Build): (events: number) => void {
    let told = progress.startedAt;
    return (events) => {
      progress.handled += events;
      if (Date.now() - told < PROGRESS_MS) return;
      told = Date.now();
      options.onProgress();
    };
  }

  /** One step, with nothing between: no event is handled by the old file and not by the new one. */
  function activate(slot: Slot, view: BuildingView): boolean {
    const { position, handled } = view.checkpoint;
    const given = options.given();
    if ((slot.view && position < slot.position) || (given !== undefined && position < given)) return false;
    view.markReady();
    keeper.close(slot);
    const old = slot.file;
    Object.assign(slot, {
      view,
      file: view.file,
      position,
      handled,
      state: given === undefined ? 'catching_up' : 'running',
      lastError: undefined,
      behind: 0,
      pendingSince: null,
      retries: 0,
      verified: true,
      outdated: false,
    } satisfies Partial<Slot>);
    options.onActivated(slot, old);
    return true;
  }

  function failed(slot: Slot, error: unknown): void {
    const message = messageOf(error);
    const poisoned = error instanceof BuildFailed;
    slot.lastError = poisoned ? error.error : { message, at: Date.now() };
    log('error', 'building a view failed; what was in force stays', {
      view: slot.projection.name,
      error: slot.lastError,
    });
    if (slot.view) return;
    slot.state = 'failed';
    // No event's fault: the store or the disk may come back, and there is nothing in force to fall back on.
    if (!poisoned) keeper.later(slot, () => slot.build ?? begin(slot).catch(() => undefined));
  }

  return {
    begin,
    async finished() {
      await queue;
    },
  };
}
