import type { Position } from '@countersign/event-store';
import type { Database } from 'better-sqlite3';
import type { Incoming, Projection } from './projection.ts';
import { messageOf } from './sqlite-error.ts';
import {
  type Checkpoint,
  checkpointOf,
  createBuilding,
  makeCrashSafe,
  markReady,
  openReady,
} from './view-file.ts';

/** The handler threw on an event. Nothing of the batch has been written. */
export class EventFailed extends Error {
  readonly incoming: Incoming;
  readonly index: number;

  constructor(incoming: Incoming, index: number, cause: unknown) {
    super(messageOf(cause), { cause });
    this.name = 'EventFailed';
    this.incoming = incoming;
    this.index = index;
  }
}

/** One view file open for writing. */
export interface View {
  readonly file: string;
  readonly checkpoint: Checkpoint;
  /**
   * Handles what the view has not seen, and moves its checkpoint, in one transaction. All or nothing.
   * @throws EventFailed | CheckpointMoved | SqliteError
   */
  apply(events: readonly Incoming[], upTo: Position): void;
  /** Moves the checkpoint back to the last handled event: what lay behind it was none of the view's. */
  goBack(position: Position): void;
  close(): void;
}

/** A view file on its way from nothing to the head of the log. */
export interface BuildingView extends View {
  /** Handles without writing each batch: rows gather in memory until there are many. */
  gather(events: readonly Incoming[], upTo: Position): void;
  /** Writes what has been gathered. */
  settle(): void;
  /** Makes the indexes, one a step, then the file crash-safe. */
  finish(): Iterable<void>;
  markReady(): void;
}

/** Rows kept in memory between batches, while following and while building. */
const KEEP_LIVE = 2000;
const KEEP_BUILDING = 10_000;
/** Changed rows that are written together while building: enough to fold most of a request's life into one write. */
const GATHER_ROWS = 2000;

export function openView(file: string, projection: Projection): View {
  const db = openReady(file);
  try {
    return viewOver(db, projection, KEEP_LIVE);
  } catch (error) {
    db.close();
    throw error;
  }
}

export function buildView(file: string, projection: Projection): BuildingView {
  const db = createBuilding(file, projection);
  const view = viewOver(db, projection, KEEP_BUILDING);
  let gathering = false;

  function settle(): void {
    if (!gathering) return;
    view.finishBatch();
    db.exec('COMMIT');
    gathering = false;
  }

  return {
    ...view,
    get checkpoint() {
      return view.checkpoint;
    },
    gather(events, upTo) {
      if (!gathering) db.exec('BEGIN');
      gathering = true;
      view.handleBatch(events, upTo);
      if (view.pending() >= GATHER_ROWS) settle();
    },
    settle,
    *finish() {
      settle();
      for (const index of projection.indexes) {
        db.exec(index);
        yield;
      }
      makeCrashSafe(db);
    },
    markReady: () => markReady(db),
  };
}

function viewOver(db: Database, projection: Projection, keep: number) {
  const stored = checkpointOf(db, projection.name);
  const { name, version } = stored.read();
  if (name !== projection.name || version !== projection.version) {
    throw new Error(
      `${db.name} is version ${version} of ${name}, not ${projection.version} of ${projection.name}`,
    );
  }
  const handler = projection.open(db, keep);
  const wanted = new Set(projection.categories);
  let written: Checkpoint = stored.read();
  let reached: Checkpoint = written;

  /** Folds into memory; the anchor follows the last event that the view wants. */
  function handleBatch(events: readonly Incoming[], upTo: Position): void {
    let { position: before, anchorAfter, anchorId } = reached;
    let handled = reached.handled;
    for (let index = 0; index < events.length; index++) {
      const incoming = events[index] as Incoming;
      if (incoming.position <= reached.position || !wanted.has(incoming.category)) continue;
      try {
        handler.handle(incoming);
      } catch (cause) {
        throw new EventFailed(incoming, index, cause);
      }
      anchorAfter = before;
      anchorId = incoming.recorded.id;
      before = incoming.position;
      handled++;
    }
    reached = { position: upTo > reached.position ? upTo : reached.position, handled, anchorAfter, anchorId };
  }

  function finishBatch(): void {
    handler.flush();
    if (reached.position !== written.position) stored.move(written.position, reached);
    written = reached;
  }

  function apply(events: readonly Incoming[], upTo: Position): void {
    if (upTo <= reached.position) return;
    const before = written;
    db.exec('BEGIN IMMEDIATE');
    try {
      handleBatch(events, upTo);
      finishBatch();
      db.exec('COMMIT');
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      handler.reset();
      written = before;
      reached = before;
      throw error;
    }
  }

  function goBack(position: Position): void {
    if (position === written.position) return;
    const back = { ...written, position };
    stored.move(written.position, back);
    written = back;
    reached = back;
  }

  return {
    file: db.name,
    get checkpoint() {
      return written;
    },
    handleBatch,
    finishBatch,
    pending: handler.pending,
    apply,
    goBack,
    close: () => void db.close(),
  };
}
