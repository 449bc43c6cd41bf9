export { createLiveFeed, type LiveFeedOptions } from './feed/feed.ts';
export {
  type FeedHealth,
  type FeedItem,
  type FeedListener,
  type FeedSignal,
  type FeedSubscribe,
  type LiveFeed,
  mayRead,
  type RequestScope,
} from './feed/types.ts';
export { RebuildRefused, ViewUnavailable } from './runtime/errors.ts';
export type { LogLevel, ProjectionLog } from './runtime/log.ts';
export type {
  ProjectionError,
  ProjectionState,
  ProjectionStatus,
  RebuildProgress,
} from './runtime/status.ts';
export { startProjections } from './start.ts';
export type {
  ProjectionName,
  Projections,
  ProjectionsHealth,
  ProjectionsOptions,
  RebuildResult,
} from './types.ts';
export { BadCursor } from './views/audit/cursor.ts';
export type { AuditPage, AuditQueries, AuditQuery, AuditRow } from './views/audit/queries.ts';
export type { ClosingQueries, ClosingRow } from './views/closings/queries.ts';
export { DISPATCHER_KINDS, DUE_KINDS, type DueKind, TIMER_KINDS } from './views/deadlines/kinds.ts';
export { type DeadlineQueries, type Deadlines, type DueRow, deadlinesOf } from './views/deadlines/queries.ts';
export type { Gauges, MetricQueries } from './views/metrics/queries.ts';
export type { ListFilter, Reader } from './views/requests/filter.ts';
export type { DenialSought, ListQuery, RequestPage, RequestQueries } from './views/requests/queries.ts';
export type { RequestPlan, RequestRow } from './views/requests/rows.ts';
export type { SlackQueries, UntoldRow } from './views/slack/queries.ts';
export type {
  ActionSummary,
  ActivityCell,
  DurationSummary,
  StatisticFilter,
  StatisticOutcome,
  StatisticQueries,
} from './views/statistics/queries.ts';
