import { type Position, START } from '@countersign/event-store';
import type { Projection } from './projection.ts';
import type { ProjectionError, ProjectionState, ProjectionStatus } from './status.ts';
import type { View } from './view.ts';

/** A projection as the engine keeps it: the file in force, how it fares, and what is being built beside it. */
export interface Slot {
  readonly projection: Projection;
  /** In force for readers; of an older version while the first file of a new one is built. */
  file: string | undefined;
  /** Open for writing; undefined while there is none of this version, and after a failure. */
  view: View | undefined;
  /** Where the file in force stands. */
  position: Position;
  handled: number;
  state: Exclude<ProjectionState, 'rebuilding'>;
  lastError: ProjectionError | undefined;
  /** Events received and not handled, and when the store took the oldest of them. */
  behind: number;
  pendingSince: number | null;
  /** Failures in a row that a new attempt may cure, and the attempt to come. */
  retries: number;
  retry: NodeJS.Timeout | undefined;
  build: Build | undefined;
  /** Known to be made from this ledger. */
  verified: boolean;
  /** The file in force is of another version than the code. */
  outdated: boolean;
}

export interface Build {
  startedAt: number;
  handled: number;
  /** How many events there are to handle, as far as known. */
  readonly expected: number | undefined;
}

export function newSlot(projection: Projection): Slot {
  return {
    projection,
    file: undefined,
    view: undefined,
    position: START,
    handled: 0,
    state: 'stopped',
    lastError: undefined,
    behind: 0,
    pendingSince: null,
    retries: 0,
    retry: undefined,
    build: undefined,
    verified: false,
    outdated: false,
  };
}

/** @param ahead events of the log behind the slot's position, as far as known */
export function statusOf(slot: Slot, now: number, ahead: number): ProjectionStatus {
  const { projection, build, lastError, pendingSince } = slot;
  return {
    name: projection.name,
    version: projection.version,
    state: build ? 'rebuilding' : slot.state,
    position: slot.position,
    handled: slot.handled,
    lagEvents: Math.max(slot.behind, ahead),
    pendingSince,
    lagSeconds: lagSeconds(pendingSince, now),
    readable: slot.file !== undefined,
    ...(build && { rebuild: progressOf(build, now) }),
    ...(lastError && { lastError }),
  };
}

export function lagSeconds(pendingSince: number | null, now: number): number {
  return pendingSince === null ? 0 : Math.max(0, (now - pendingSince) / 1000);
}

function progressOf({ startedAt, handled, expected }: Build, now: number) {
  const seconds = Math.max(0.001, (now - startedAt) / 1000);
  const eventsPerSecond = Math.round(handled / seconds);
  const known = expected !== undefined && expected > 0 && handled > 0;
  return {
    startedAt,
    handled,
    eventsPerSecond,
    ...(known && {
      percent: Math.min(100, Math.round((100 * handled) / expected)),
      etaSeconds: Math.max(0, Math.round(((expected - handled) * seconds) / handled)),
    }),
  };
}
