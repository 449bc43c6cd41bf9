import type { RequestHandler, Response } from 'express';
import { boundedLabel } from './bounded-label.ts';
import type { Definitions } from './definitions.ts';
import { routeOf } from './route-of.ts';

/** Routes are a few dozen; this only guards against one that is mounted wrongly. */
const MAX_ROUTES = 300;

interface Locals {
  waits?: boolean;
}

/**
 * Says that the answer takes as long as its reader wants: a long poll, a stream. It is counted, but its duration
 * says nothing about the speed of this program and stays out of the histogram.
 */
export function markWaiting(res: Response): void {
  (res.locals as Locals).waits = true;
}

/** Counts and times requests by the pattern of their route. Mount it before all routes. */
export function httpMetrics({
  httpRequests,
  httpDuration,
}: Pick<Definitions, 'httpRequests' | 'httpDuration'>): RequestHandler {
  const bounded = boundedLabel(MAX_ROUTES);
  return (req, res, next) => {
    const began = performance.now();
    res.once('close', () => {
      const route = bounded(routeOf(req));
      // 499, as proxies write it: the client went away before it was answered.
      const status = res.writableEnded || res.headersSent ? String(res.statusCode) : '499';
      httpRequests.inc({ route, method: req.method, status });
      if ((res.locals as Locals).waits !== true)
        httpDuration.observe({ route }, (performance.now() - began) / 1000);
    });
    next();
  };
}
