import type { Position } from '@countersign/event-store';

/** The checkpoint in the file is not where this projector left it: another one writes to the same file. */
export class CheckpointMoved extends Error {
  readonly expected: Position;
  readonly found: Position;

  constructor(projection: string, expected: Position, found: Position) {
    super(
      `checkpoint of ${projection} should be at '${expected}' and is at '${found}': another projector writes to this file`,
    );
    this.name = 'CheckpointMoved';
    this.expected = expected;
    this.found = found;
  }
}

/** A rebuild cannot begin: no such projection, or one of its name is under way. */
export class RebuildRefused extends Error {
  readonly reason: 'unknown_projection' | 'already_rebuilding' | 'stopped';

  constructor(reason: RebuildRefused['reason'], message: string) {
    super(message);
    this.name = 'RebuildRefused';
    this.reason = reason;
  }
}

/** A view has no finished file yet, so that its queries have no answer. Try again when it has been built. */
export class ViewUnavailable extends Error {
  readonly projection: string;

  constructor(projection: string, why: string, options?: { cause?: unknown }) {
    super(`the view ${projection} cannot be read: ${why}`, options);
    this.name = 'ViewUnavailable';
    this.projection = projection;
  }
}
