import type { SpanExporter } from '@opentelemetry/sdk-trace';

export const TRACING_EXPORTERS = ['console', 'otlp'] as const;
export type TracingExporter = (typeof TRACING_EXPORTERS)[number];

export interface TracingOptions {
  readonly enabled: boolean;
  /**
   * `otlp` sends over HTTP to where the standard variables say (`OTEL_EXPORTER_OTLP_ENDPOINT`, else
   * http://localhost:4318); `console` prints every span on standard output. Or an exporter of one's own.
   */
  readonly exporter: TracingExporter | SpanExporter;
  /** Default `countersign`; `OTEL_SERVICE_NAME` wins. */
  readonly serviceName?: string;
  readonly serviceVersion?: string;
  /** Told when spans could not be exported; nothing else ever fails because of them. */
  readonly onError: (error: unknown) => void;
}

/** What was started; `shutdown` sends the spans that are still held, bounded in time. */
export interface Tracing {
  readonly enabled: boolean;
  shutdown(): Promise<void>;
}

const OFF: Tracing = { enabled: false, shutdown: async () => {} };

/**
 * Starts tracing for this process, once. The SDK is loaded only when tracing is on, so that it costs the start of
 * everybody else nothing.
 */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  if (!options.enabled) return OFF;
  const { registerSdk } = await import('./sdk.ts');
  return registerSdk(options);
}
