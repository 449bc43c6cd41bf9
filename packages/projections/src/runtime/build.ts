import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventStore, Position } from '@countersign/event-store';
import { START } from '@countersign/event-store';
import { advance } from './advance.ts';
import { incoming } from './incoming.ts';
import type { Projection } from './projection.ts';
import type { ProjectionError } from './status.ts';
import { type BuildingView, buildView, EventFailed } from './view.ts';
import { removeView } from './view-file.ts';

export interface BuildOptions {
  readonly store: EventStore;
  readonly projection: Projection;
  readonly file: string;
  readonly signal: AbortSignal;
  onHandled(events: number): void;
  /**
   * Asked when the new file holds everything that was in the log a moment ago: true when it has taken the place of
   * the old one, false when that one is ahead and the rest must be read first. Synchronous.
   */
  activate(view: BuildingView): boolean;
}

/** A build came to an event that the projection cannot handle. */
export class BuildFailed extends Error {
  readonly error: ProjectionError;

  constructor(error: ProjectionError) {
    super(error.message);
    this.name = 'BuildFailed';
    this.error = error;
  }
}

const PAGE = 2000;

/**
 * Builds a view into a new file from the first event on. Readers see none of it before `activate` has said yes; an
 * error, an abort or a crash leaves the old file as it was. The thread is given up between pages, so that the views
 * in force go on following the log.
 * @throws BuildFailed | StoreError | AbortError
 */
export async function build(options: BuildOptions): Promise<void> {
  const view = buildView(options.file, options.projection);
  let done = false;
  try {
    const position = await readAll(view, options);
    for (const _step of view.finish()) await turn(options.signal);
    await catchUp(view, position, options);
    done = true;
  } finally {
    if (!done) {
      view.close();
      removeView(options.file);
    }
  }
}

async function readAll(view: BuildingView, options: BuildOptions): Promise<Position> {
  const { store, projection, signal, onHandled } = options;
  const filter = { categories: projection.categories };
  let position: Position = START;
  for (;;) {
    const page = await store.readLog(position, PAGE, filter);
    signal.throwIfAborted();
    try {
      view.gather(page.events.map(incoming), page.position);
    } catch (error) {
      if (error instanceof EventFailed) throw failure(error);
      throw error;
    }
    position = page.position;
    onHandled(page.events.length);
    if (page.end) return position;
    await turn(signal);
  }
}

/** What was appended meanwhile, batch by batch like any other, until it can take over. */
async function catchUp(view: BuildingView, from: Position, options: BuildOptions): Promise<void> {
  const { store, projection, signal, onHandled, activate } = options;
  const filter = { categories: projection.categories };
  let position = from;
  for (;;) {
    const page = await store.readLog(position, PAGE, filter);
    signal.throwIfAborted();
    const outcome = advance(view, page.events.map(incoming), page.position);
    if (outcome.kind !== 'done') throw new BuildFailed(outcome.error);
    position = page.position;
    onHandled(page.events.length);
    if (page.end && activate(view)) return;
    await turn(signal);
  }
}

function failure({ incoming: { recorded, position }, message }: EventFailed): BuildFailed {
  const { id, type, stream, revision } = recorded;
  return new BuildFailed({
    message: `${type} at ${stream}@${revision}: ${message}`,
    at: Date.now(),
    eventId: id,
    position,
  });
}

async function turn(signal: AbortSignal): Promise<void> {
  await nextTurn();
  signal.throwIfAborted();
}
