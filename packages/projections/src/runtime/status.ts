import type { Position } from '@countersign/event-store';

export type ProjectionState =
  /** At the head of the log, following it. */
  | 'running'
  /** Reading what was appended before it started, or while it could not keep up. */
  | 'catching_up'
  /** A new file is being built; an older one, if there is one, stays in force meanwhile. */
  | 'rebuilding'
  /** An event could not be handled. Resume it, or rebuild it, once the cause is gone. */
  | 'failed'
  /** Not running: shut down, or its checkpoint was moved by somebody else. */
  | 'stopped';

export interface ProjectionError {
  readonly message: string;
  readonly at: number;
  /** The event that could not be handled, when it was an event. */
  readonly eventId?: string;
  readonly position?: Position;
}

export interface RebuildProgress {
  readonly startedAt: number;
  readonly handled: number;
  readonly eventsPerSecond: number;
  /** 0 to 100, and seconds to go; absent while the amount of work is unknown. */
  readonly percent?: number;
  readonly etaSeconds?: number;
}

export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  readonly state: ProjectionState;
  /** Checkpoint of the file in force; START when there is none yet. */
  readonly position: Position;
  /** Events in the file in force. */
  readonly handled: number;
  /** Events received and not handled, plus what the store can count cheaply beyond them. */
  readonly lagEvents: number;
  /** When the store took the oldest unhandled event, milliseconds since 1970; null when there is none. */
  readonly pendingSince: number | null;
  /** How long the oldest unhandled event has been waiting; 0 when there is none. */
  readonly lagSeconds: number;
  /** False until the first build is complete: queries are refused until then. */
  readonly readable: boolean;
  readonly rebuild?: RebuildProgress;
  readonly lastError?: ProjectionError;
}
