import type { Position } from '@countersign/event-store';

/** A stream folded up to a revision. */
export interface Folded<S> {
  readonly state: S;
  /** -1 while the stream does not exist. */
  readonly revision: number;
  /** Of the newest event; '' while there is none. */
  readonly position: Position;
  /** W3C trace context of the command that began the stream. */
  readonly traceparent?: string | undefined;
}

/** The newest folded states, least recently used first out. */
export interface StateCache<S> {
  get(stream: string): Folded<S> | undefined;
  set(stream: string, folded: Folded<S>): void;
  delete(stream: string): void;
}

export function createStateCache<S>(capacity: number): StateCache<S> {
  // A Map iterates in insertion order; setting anew on every use keeps the least recent first.
  const entries = new Map<string, Folded<S>>();
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
      entries.delete(stream);
      entries.set(stream, folded);
      if (entries.size > capacity) entries.delete(entries.keys().next().value as string);
    },
    delete(stream) {
      entries.delete(stream);
    },
  };
}
