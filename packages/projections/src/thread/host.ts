import type { EventStore } from '@countersign/event-store';
import type { ProjectionLog } from '../runtime/log.ts';
import type { ProjectionStatus } from '../runtime/status.ts';
import type { RebuildResult } from '../types.ts';

/** What the projections tell the thread that reads from them. */
export interface HostEvents {
  readonly log: ProjectionLog;
  onStatus(statuses: readonly ProjectionStatus[]): void;
  onActivated(name: string, file: string, old: string | undefined): void;
  onGone(name: string): void;
  /** The worker has died; `final` when it is not started again. */
  onDown(reason: string, final: boolean): void;
}

/** The projections, wherever they run. */
export interface Host {
  /** @throws RebuildRefused */
  rebuild(name: string): Promise<{ readonly done: Promise<RebuildResult> }>;
  /** @throws RebuildRefused */
  resume(name: string): Promise<void>;
  readonly restarts: number;
  stop(): Promise<void>;
}

export interface HostOptions {
  readonly storeUrl: string;
  readonly store: EventStore | undefined;
  readonly folder: string;
  readonly maxRestarts: number;
  readonly events: HostEvents;
}
