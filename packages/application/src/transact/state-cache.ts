import type { Position } from '@countersign/event-store';

/** A stream folded up to a revision. */
export interface Folded<S> {
  readonly state: S;
  /** -1 while the stream does not exist. */
  readonly revision: number;
  /** Of the newest event; '' while there is none. */
  readonly position: Position;
  /** Characters of the bodies folded: about what the state takes in memory. */
  readonly size: number;
  /** W3C trace context of the command that began the stream. */
  readonly traceparent?: string | undefined;
}

/** The newest folded states, least recently used first out. */
export interface StateCache<S> {
  get(stream: string): Folded<S> | undefined;
  set(stream: string, folded: Folded<S>): void;
  delete(stream: string): void;
}

/** Callers choose how large their requests are: so many states at most, and of so many characters together. */
export function createStateCache<S>(capacity: number, maxSize = 64 * 1024 * 1024): StateCache<S> {
  // A Map iterates in insertion order; setting anew on every use keeps the least recent first.
  const entries = new Map<string, Folded<S>>();
  let size = 0;

  function remove(stream: string): void {
    size -= entries.get(stream)?.size ?? 0;
    entries.delete(stream);
  }

  return {
    get(stream) {
      const found = entries.get(stream);
      if (found) {
        entries.delete(stream);
        entries.set(stream, found);
      }
      return found;
    },
    set(stream, folded) {
      // A slow reader must not put back what a command has meanwhile moved on from.
      if ((entries.get(stream)?.revision ?? -1) > folded.revision) return;
      remove(stream);
      entries.set(stream, folded);
      size += folded.size;
      for (const oldest of entries.keys()) {
        if (entries.size <= capacity && size <= maxSize) break;
        remove(oldest);
      }
    },
    delete: remove,
  };
}
