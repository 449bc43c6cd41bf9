export { createApi } from './app.ts';
export { type ApiKey, parseApiKeys } from './auth/api-keys.ts';
export type { AuthOptions } from './auth/options.ts';
export {
  type ApiDeps,
  type ApiLimits,
  DEFAULT_LIMITS,
  type RateLimit,
  type SlackConnection,
} from './deps.ts';
export type { DispatchHealth, DryRunStep, PlanDispatcher, PlanDryRun } from './dispatcher.ts';
export type { GitHubConnection } from './github/connection.ts';
export * from './logs/index.ts';
export * from './metrics/index.ts';
export { openApiDocument } from './openapi/document.ts';
export { type GuardState, GuardStateSchema } from './present/guard-state.ts';
export { type ProblemDocument, problemDocument } from './problems/problem.ts';
export { PROBLEM_CODES, PROBLEMS, type ProblemCode, type ProblemKind } from './problems/table.ts';
export { routes, routesOf } from './routes/index.ts';
export { type RunningServer, type StartOptions, startServer } from './server/start.ts';
export { loadTls, type Tls, type TlsFiles } from './server/tls.ts';
export { DEFAULT_STREAM_LIMITS, type StreamLimits } from './streams/limits.ts';
export * from './tracing/index.ts';
