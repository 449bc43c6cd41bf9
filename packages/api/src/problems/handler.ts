import { LedgerUnavailable } from '@countersign/application';
import { StoreError } from '@countersign/event-store';
import { RebuildRefused, ViewUnavailable } from '@countersign/projections';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { correlationIdOf } from '../auth/identity.ts';
import { isSecurityEvent, type Metrics } from '../metrics/index.ts';
import { sendProblem } from '../server/send.ts';
import { Problem } from './problem.ts';

const RETRY = { headers: { 'Retry-After': '1' } };

/** The last handler: whatever went wrong becomes a problem document. What is our fault is logged, and not told. */
export function problemHandler({
  logger,
  metrics,
}: {
  logger: Logger;
  metrics: Metrics;
}): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    const problem = toProblem(error);
    if (isSecurityEvent(problem.code)) metrics.securityEvent(problem.code);
    if (problem.status >= 500) {
      const line = {
        err: error,
        correlationId: correlationIdOf(res),
        method: req.method,
        code: problem.code,
      };
      if (problem.code === 'internal') logger.error(line, 'a request failed');
      else logger.warn(line, problem.message);
    }
    // Half an answer cannot be taken back; a broken connection is the only honest end.
    if (res.headersSent) res.destroy();
    else sendProblem(res, problem);
  };
}

export function unknownRoute(): RequestHandler {
  return (req) => {
    throw new Problem('unknown_route', `there is nothing at ${req.method} ${req.path.slice(0, 200)}`);
  };
}

/** What whoever asked is told of anything that was thrown. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof LedgerUnavailable) {
    return error.outcomeUnknown
      ? new Problem('outcome_unknown', 'send the same again with the same Idempotency-Key to find out', RETRY)
      : new Problem('store_unavailable', 'nothing was changed; try again', RETRY);
  }
  if (error instanceof StoreError && error.kind === 'unavailable') {
    return new Problem('store_unavailable', 'nothing was changed; try again', RETRY);
  }
  if (error instanceof StoreError && error.kind === 'refused') {
    return new Problem(
      'body_too_large',
      'what the ledger would have to keep of this is larger than its store takes',
    );
  }
  if (error instanceof ViewUnavailable) {
    return new Problem(
      'view_unavailable',
      `the view ${error.projection} cannot be read now; try again`,
      RETRY,
    );
  }
  if (error instanceof RebuildRefused) return rebuildProblem(error);
  // Express could not decode a part of the path.
  if (error instanceof URIError) return new Problem('malformed_url', 'the path holds a malformed escape');
  return new Problem('internal', 'the request could not be answered; the log says why');
}

function rebuildProblem({ reason, message }: RebuildRefused): Problem {
  if (reason === 'unknown_projection') return new Problem('unknown_projection', message);
  if (reason === 'already_rebuilding') return new Problem('already_rebuilding', message);
  return new Problem('view_unavailable', message, RETRY);
}
