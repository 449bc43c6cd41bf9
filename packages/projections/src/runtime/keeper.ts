import type { Position } from '@countersign/event-store';
import { advance, classify, type Outcome } from './advance.ts';
import type { ProjectionLog } from './log.ts';
import type { Incoming } from './projection.ts';
import type { Slot } from './slot.ts';
import { messageOf } from './sqlite-error.ts';
import { openView } from './view.ts';
import type { ViewFolder } from './view-folder.ts';

export interface KeeperOptions {
  readonly folder: ViewFolder;
  readonly log: ProjectionLog;
  readonly stopping: AbortSignal;
  /** The slot's view is open and behind: everybody begins again at the lowest checkpoint. */
  onReopened(slot: Slot): void;
  /** The slot has lost its file: readers must let go of it, and a new one is to be built. */
  onDiscarded(slot: Slot): void;
}

/** What is done with one view that follows the log. */
export interface Keeper {
  follow(slot: Slot, events: readonly Incoming[], upTo: string, caughtUp: boolean): void;
  /** Opens the file in force, to go on at its checkpoint. */
  reopen(slot: Slot): void;
  /** The view is known to be made from this ledger, up to the event at this position. */
  goBack(slot: Slot, position: Position): void;
  /** The file in force is of no use: out of the way with it. */
  discard(slot: Slot, reason: string): void;
  close(slot: Slot): void;
  /** Runs something later, less often the more often it was needed in a row. */
  later(slot: Slot, attempt: () => void): void;
}

const RETRY_MS = [100, 500, 2000, 5000];

export function createKeeper({ folder, log, stopping, onReopened, onDiscarded }: KeeperOptions): Keeper {
  function follow(slot: Slot, events: readonly Incoming[], upTo: string, caughtUp: boolean): void {
    const { view } = slot;
    if (!view) {
      leaveBehind(slot, events);
      return;
    }
    const outcome = advance(view, events, upTo);
    slot.position = view.checkpoint.position;
    slot.handled = view.checkpoint.handled;
    if (outcome.kind !== 'done') {
      close(slot);
      leaveBehind(slot, events);
      fail(slot, outcome);
      return;
    }
    slot.retries = 0;
    slot.behind = 0;
    if (caughtUp) {
      slot.state = 'running';
      slot.lastError = undefined;
    }
    slot.pendingSince = caughtUp ? null : (events.at(-1)?.recorded.storedAt ?? slot.pendingSince);
  }

  function leaveBehind(slot: Slot, events: readonly Incoming[]): void {
    const { categories } = slot.projection;
    const missed = events.filter(
      ({ category, position }) => position > slot.position && categories.includes(category),
    );
    slot.behind += missed.length;
    slot.pendingSince ??= missed[0]?.recorded.storedAt ?? null;
  }

  function fail(slot: Slot, { kind, error }: Exclude<Outcome, { kind: 'done' }>): void {
    slot.lastError = error;
    const facts = { view: slot.projection.name, checkpoint: slot.position, error };
    switch (kind) {
      case 'again':
        slot.state = 'catching_up';
        log('warn', 'a view could not be written; trying again', facts);
        later(slot, () => reopen(slot));
        return;
      case 'broken':
        discard(slot, error.message);
        return;
      case 'moved':
        slot.state = 'stopped';
        log('error', 'a view was stopped: its checkpoint was moved by another projector', facts);
        return;
      case 'poisoned':
        slot.state = 'failed';
        log('error', 'a view was stopped by an event that it cannot handle', facts);
    }
  }

  function later(slot: Slot, attempt: () => void): void {
    const pause = RETRY_MS[Math.min(slot.retries, RETRY_MS.length - 1)];
    slot.retries++;
    clearTimeout(slot.retry);
    slot.retry = setTimeout(attempt, pause);
    slot.retry.unref();
  }

  function close(slot: Slot): void {
    clearTimeout(slot.retry);
    slot.view?.close();
    slot.view = undefined;
  }

  function reopen(slot: Slot): void {
    if (stopping.aborted || slot.view || !slot.file) return;
    try {
      slot.view = openView(slot.file, slot.projection);
    } catch (error) {
      const known = classify(error);
      if (known?.kind === 'again') fail(slot, known);
      else discard(slot, messageOf(error));
      return;
    }
    const { position, handled } = slot.view.checkpoint;
    Object.assign(slot, { position, handled, behind: 0, pendingSince: null, state: 'catching_up' });
    onReopened(slot);
  }

  function goBack(slot: Slot, position: Position): void {
    try {
      slot.view?.goBack(position);
      slot.position = position;
      slot.verified = true;
    } catch (error) {
      const known = classify(error);
      if (!known) throw error;
      close(slot);
      fail(slot, known);
    }
  }

  function discard(slot: Slot, reason: string): void {
    close(slot);
    slot.state = 'stopped';
    const { name } = slot.projection;
    if (slot.file) {
      const file = folder.moveAside(slot.file, name);
      log('error', 'a view file cannot be used; it was moved aside and is built anew', {
        view: name,
        file,
        reason,
      });
      slot.file = undefined;
    }
    onDiscarded(slot);
  }

  return { follow, reopen, goBack, discard, close, later };
}
