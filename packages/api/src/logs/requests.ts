import { isRequestId, newId } from '@countersign/application';
import { personId } from '@countersign/domain';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { correlationIdOf, type Identity, setCorrelationId } from '../auth/identity.ts';
import { routeOf } from '../metrics/route-of.ts';
import { currentTraceId } from '../tracing/http.ts';
import { withLogContext } from './context.ts';

/**
 * One line when a request has been answered, and its context for every line written on its way. Requests that went
 * well are logged at `debug`, since each step they led to has a line of its own; faults of the caller at `info`,
 * ours at `error`. The path's pattern is logged, never the path or query.
 */
export function logRequests(logger: Logger): RequestHandler {
  return (req, res, next) => {
    if (correlationIdOf(res) === '') setCorrelationId(res, newId());
    const began = performance.now();
    const correlationId = correlationIdOf(res);
    const traceId = currentTraceId();
    res.once('close', () => {
      const level = levelFor(res);
      if (!logger.isLevelEnabled(level)) return;
      logger[level]({
        scope: 'http.request',
        method: req.method,
        route: routeOf(req),
        status: res.statusCode,
        ms: Math.round((performance.now() - began) * 10) / 10,
        ...(!res.writableFinished && { aborted: true }),
        ...requestIdOf(req),
        correlationId,
        ...(traceId !== undefined && { traceId }),
        ...subjectFact(res),
      });
    });
    withLogContext({ correlationId, subject: () => subjectOf(res) }, next);
  };
}

function levelFor({ statusCode }: Response): 'debug' | 'info' | 'error' {
  if (statusCode >= 500) return 'error';
  return statusCode >= 400 ? 'info' : 'debug';
}

function requestIdOf(req: Request): { requestId?: string } {
  // Express leaves no parameters behind where no route matched.
  const id: unknown = (req.params as Request['params'] | undefined)?.id;
  return typeof id === 'string' && isRequestId(id) ? { requestId: id } : {};
}

function subjectFact(res: Response): { subject?: string } {
  const subject = subjectOf(res);
  return subject === undefined ? {} : { subject };
}

function subjectOf(res: Response): string | undefined {
  // Not every route is behind the authentication, and this must not throw.
  const { identity } = res.locals as { identity?: Identity };
  if (identity?.kind !== 'principal') return undefined;
  return personId(identity.principal.tenant, identity.principal.sub);
}
