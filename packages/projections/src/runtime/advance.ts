import type { Position } from '@countersign/event-store';
import { CheckpointMoved } from './errors.ts';
import type { Incoming } from './projection.ts';
import { messageOf, sqliteCode } from './sqlite-error.ts';
import type { ProjectionError } from './status.ts';
import { EventFailed, type View } from './view.ts';

/** How a batch went. */
export type Outcome =
  | { readonly kind: 'done' }
  /** An event cannot be handled; everything before it has been. */
  | { readonly kind: 'poisoned'; readonly error: ProjectionError; readonly index: number }
  /** Somebody else writes to the file. */
  | { readonly kind: 'moved'; readonly error: ProjectionError }
  /** The disk is full or busy: the same batch may succeed later. */
  | { readonly kind: 'again'; readonly error: ProjectionError }
  /** The file is damaged. */
  | { readonly kind: 'broken'; readonly error: ProjectionError };

/** Gives a batch to a view. Never throws: what goes wrong with one view is no matter of the others. */
export function advance(view: View, events: readonly Incoming[], upTo: Position): Outcome {
  try {
    view.apply(events, upTo);
    return { kind: 'done' };
  } catch (error) {
    if (error instanceof EventFailed) return poisoned(view, events, error);
    const known = classify(error);
    // Writing failed for a reason of its own: event by event it shows which one it was.
    return known ?? oneByOne(view, events);
  }
}

/** The events before the bad one are handled again, without it, so that the checkpoint stands directly before it. */
function poisoned(view: View, events: readonly Incoming[], failed: EventFailed): Outcome {
  const { incoming, index } = failed;
  const cause = classify(failed.cause);
  if (cause) return cause;
  const before = events[index - 1];
  if (before) {
    const outcome = advance(view, events.slice(0, index), before.position);
    if (outcome.kind !== 'done') return outcome;
  }
  return { kind: 'poisoned', index, error: errorAt(incoming, failed.message) };
}

function oneByOne(view: View, events: readonly Incoming[]): Outcome {
  for (const [index, incoming] of events.entries()) {
    try {
      view.apply([incoming], incoming.position);
    } catch (error) {
      return (
        classify(error) ?? {
          kind: 'poisoned',
          index,
          error: errorAt(incoming, messageOf(error)),
        }
      );
    }
  }
  return { kind: 'done' };
}

function errorAt({ recorded, position }: Incoming, why: string): ProjectionError {
  const { id, type, stream, revision } = recorded;
  return { message: `${type} at ${stream}@${revision}: ${why}`, at: Date.now(), eventId: id, position };
}

const AGAIN = /^SQLITE_(BUSY|FULL|IOERR|LOCKED|CANTOPEN|NOMEM)/;
const BROKEN = /^SQLITE_(CORRUPT|NOTADB)/;

/** What an error says of the file or the disk; undefined when it is a matter of the event. */
export function classify(error: unknown): Exclude<Outcome, { kind: 'done' }> | undefined {
  const message = messageOf(error);
  const at = Date.now();
  if (error instanceof CheckpointMoved)
    return { kind: 'moved', error: { message, at, position: error.found } };
  const code = sqliteCode(error);
  if (code === undefined) return undefined;
  if (AGAIN.test(code)) return { kind: 'again', error: { message: `${code}: ${message}`, at } };
  if (BROKEN.test(code)) return { kind: 'broken', error: { message: `${code}: ${message}`, at } };
  return undefined;
}
