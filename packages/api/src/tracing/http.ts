import {
  context,
  isSpanContextValid,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Request, RequestHandler, Response } from 'express';
import { routeOf } from '../metrics/route-of.ts';

const tracer = trace.getTracer('countersign-api');

/**
 * One server span for every request, within the caller's trace when `traceparent` names one. Names and attributes
 * follow the OpenTelemetry conventions for HTTP; the path itself is left out, since it holds ids, and the query
 * string, since it holds tokens.
 */
export function traceRequests(): RequestHandler {
  return (req, res, next) => {
    const caller = propagation.extract(context.active(), req.headers);
    const span = tracer.startSpan(
      req.method,
      { kind: SpanKind.SERVER, attributes: { 'http.request.method': req.method } },
      caller,
    );
    if (span.isRecording()) res.once('close', () => endSpan(span, req, res));
    context.with(trace.setSpan(caller, span), next);
  };
}

/** The trace that the current request belongs to; undefined while nothing traces. */
export function currentTraceId(): string | undefined {
  const span = trace.getSpanContext(context.active());
  return span && isSpanContextValid(span) ? span.traceId : undefined;
}

function endSpan(span: Span, req: Request, res: Response): void {
  const route = routeOf(req);
  span.updateName(`${req.method} ${route}`);
  span.setAttributes({ 'http.route': route, 'http.response.status_code': res.statusCode });
  if (res.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
