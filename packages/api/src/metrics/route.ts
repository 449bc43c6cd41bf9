import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { Problem } from '../problems/problem.ts';
import type { Metrics } from './metrics.ts';

export interface MetricsRouteDeps {
  readonly metrics: Metrics;
  /** Any of these opens the route; with none it is open. */
  readonly metricsTokens: readonly string[];
}

/** `GET /metrics`: Prometheus' text format. @throws Problem 401 when tokens are set and none of them is given */
export function metricsRoute({ metrics, metricsTokens }: MetricsRouteDeps): RequestHandler {
  const allowed = metricsTokens.map(digest);
  return async (req, res) => {
    if (allowed.length > 0 && !isAllowed(allowed, req.get('authorization'))) {
      throw new Problem(
        'unauthenticated',
        'metrics need the token that METRICS_TOKEN names, as bearer token',
        {
          headers: { 'WWW-Authenticate': 'Bearer' },
        },
      );
    }
    const text = await metrics.scrape();
    res.setHeader('Content-Type', metrics.contentType);
    res.setHeader('Cache-Control', 'no-store');
    res.end(text);
  };
}

/** Digests are of one length whatever was sent, and every token is compared: the time taken tells nothing. */
function isAllowed(allowed: readonly Buffer[], authorization: string | undefined): boolean {
  const given = digest(/^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '');
  return allowed.map((token) => timingSafeEqual(token, given)).includes(true);
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
