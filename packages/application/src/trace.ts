import type { ApprovalCommand } from '@countersign/domain';
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanStatusCode,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';

const tracer = trace.getTracer('countersign');

/**
 * Runs one command in a span. All spans of one request belong to the trace of the command that began it, over
 * hours of waiting: its context stands in the events' metadata. The caller's own trace is linked. Without a tracing
 * SDK all of this does nothing.
 *
 * @param began trace context stored when the request began, once known
 * @param run is given the trace context to store with the events
 */
export async function traceCommand<T>(
  command: ApprovalCommand,
  began: string | undefined,
  run: (traceparent: string | undefined) => Promise<T>,
): Promise<T> {
  const current = trace.getSpanContext(context.active());
  const parent =
    began === undefined ? context.active() : propagation.extract(ROOT_CONTEXT, began, asTraceparent);
  const links = began !== undefined && current ? [{ context: current }] : [];
  const attributes = { 'countersign.request_id': command.requestId, 'countersign.command': command.type };
  const span = tracer.startSpan(`countersign ${command.type}`, { attributes, links }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), () =>
      run(began ?? traceparentOf(span.spanContext())),
    );
  } catch (error) {
    span.recordException(error as Error);
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

const asTraceparent: TextMapGetter<string> = {
  keys: () => ['traceparent'],
  get: (carrier, key) => (key === 'traceparent' ? carrier : undefined),
};

/** W3C Trace Context §3.2; undefined while nothing traces. */
function traceparentOf({
  traceId,
  spanId,
  traceFlags,
}: ReturnType<ReturnType<typeof tracer.startSpan>['spanContext']>) {
  if (/^0+$/.test(traceId)) return undefined;
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
