export { currentTraceId, traceRequests } from './http.ts';
export {
  startTracing,
  TRACING_EXPORTERS,
  type Tracing,
  type TracingExporter,
  type TracingOptions,
} from './start.ts';
