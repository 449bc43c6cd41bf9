import { setTimeout as sleep } from 'node:timers/promises';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ConsoleSpanExporter,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Tracing, TracingOptions } from './start.ts';

/** How long a shutdown waits for the last spans to leave. */
const SHUTDOWN_MS = 3000;

/** Sets the process-wide tracer, context and W3C propagation. Only ever loaded through `startTracing`. */
export async function registerSdk(options: TracingOptions): Promise<Tracing> {
  const { serviceName = process.env.OTEL_SERVICE_NAME ?? 'countersign', serviceVersion } = options;
  const resource = defaultResource().merge(
    resourceFromAttributes({
      'service.name': serviceName,
      ...(serviceVersion !== undefined && { 'service.version': serviceVersion }),
    }),
  );
  setGlobalErrorHandler(options.onError);
  const provider = new TracerProvider({ resource, spanProcessors: [await processorFor(options.exporter)] });
  const contexts = new AsyncLocalStorageContextManager();
  const registered =
    trace.setGlobalTracerProvider(provider) &&
    context.setGlobalContextManager(contexts.enable()) &&
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  if (!registered) {
    await provider.shutdown();
    throw new Error('tracing was started before in this process');
  }
  return {
    enabled: true,
    async shutdown() {
      trace.disable();
      context.disable();
      propagation.disable();
      // The last spans may have nowhere to go; that must not stand in the way of the rest of the shutdown.
      const done = new AbortController();
      const sent = provider
        .shutdown()
        .catch(options.onError)
        .finally(() => done.abort());
      const late = sleep(SHUTDOWN_MS, undefined, { signal: done.signal }).catch(() => undefined);
      await Promise.race([sent, late]);
    },
  };
}

/** Spans leave in batches; those of the console and of a given exporter at once, where a reader waits for them. */
async function processorFor(exporter: TracingOptions['exporter']): Promise<SpanProcessor> {
  if (exporter === 'otlp') {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
    return new BatchSpanProcessor({ exporter: new OTLPTraceExporter() });
  }
  const immediate: SpanExporter = exporter === 'console' ? new ConsoleSpanExporter() : exporter;
  return new SimpleSpanProcessor({ exporter: immediate });
}
