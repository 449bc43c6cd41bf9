import type { EventStore, Position } from '@countersign/event-store';
import type { ProjectionLog } from './runtime/log.ts';
import type { ProjectionStatus } from './runtime/status.ts';
import type { AuditQueries } from './views/audit/queries.ts';
import type { ClosingQueries } from './views/closings/queries.ts';
import type { DeadlineQueries } from './views/deadlines/queries.ts';
import type { MetricQueries } from './views/metrics/queries.ts';
import type { RequestQueries } from './views/requests/queries.ts';
import type { SlackQueries } from './views/slack/queries.ts';
import type { StatisticQueries } from './views/statistics/queries.ts';

export type ProjectionName =
  | 'requests'
  | 'audit'
  | 'statistics'
  | 'metrics'
  | 'deadlines'
  | 'slack'
  | 'closings';

export interface ProjectionsOptions {
  /** As `openStore` takes it. The worker thread opens its own client; `sqlite::memory:` needs `store`. */
  readonly storeUrl: string;
  /** The store of the calling thread. Given with `sqlite::memory:`, the projections run in this thread. */
  readonly store?: EventStore;
  /** This instance's own folder; views are kept in `views/` of it. */
  readonly dataDir: string;
  readonly log?: ProjectionLog;
  /** Deaths of the worker thread within a minute that are answered by a new one; default 5. */
  readonly maxRestarts?: number;
}

export interface RebuildResult {
  readonly name: ProjectionName;
  readonly handled: number;
  readonly milliseconds: number;
}

export interface ProjectionsHealth {
  /** `ok`: all follow the log. `degraded`: one is building, behind or failed. `error`: nothing is being projected. */
  readonly status: 'ok' | 'degraded' | 'error';
  readonly detail?: string;
  /** Of the worker thread, since the start. */
  readonly restarts: number;
}

/** The views of this instance and what keeps them. */
export interface Projections {
  readonly requests: RequestQueries;
  readonly audit: AuditQueries;
  readonly statistics: StatisticQueries;
  readonly metrics: MetricQueries;
  readonly deadlines: DeadlineQueries;
  readonly slack: SlackQueries;
  readonly closings: ClosingQueries;

  status(): readonly ProjectionStatus[];
  health(): ProjectionsHealth;
  /** True once every view can be read and follows the log; false when that is not so after `timeoutMs`. */
  ready(timeoutMs: number): Promise<boolean>;
  /** True once the view holds everything up to the position; false when it does not after `timeoutMs`. */
  waitFor(name: ProjectionName, position: Position, timeoutMs: number): Promise<boolean>;
  /** Called after each commit of a view, and when a rebuilt one comes into force. Returns how to end it. */
  onAdvanced(listener: (name: ProjectionName, position: Position) => void): () => void;
  /**
   * Begins to build the view anew beside the one in force; `done` settles when it has taken its place or failed.
   * @throws RebuildRefused when there is no such view, or it is being built already
   */
  rebuild(name: string): Promise<{ readonly done: Promise<RebuildResult> }>;
  /** Lets a failed or stopped projection try again from its checkpoint. @throws RebuildRefused for an unknown name */
  resume(name: string): Promise<void>;
  close(): Promise<void>;
}
