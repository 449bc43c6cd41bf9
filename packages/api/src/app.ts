import express, { type Express } from 'express';
import helmet from 'helmet';
import type { ApiDeps } from './deps.ts';
import { logRequests } from './logs/index.ts';
import { problemHandler, unknownRoute } from './problems/handler.ts';
import { routesOf } from './routes/index.ts';
import { mountRoutes } from './routes/mount.ts';
import { correlate } from './server/headers.ts';
import { traceRequests } from './tracing/index.ts';

/**
 * The whole HTTP API as an express application; give it to `startServer`.
 * @throws Error for an empty secret, which everybody would know
 */
export function createApi(deps: ApiDeps): Express {
  refuseEmpty('JWT_SECRET', deps.auth.jwtSecrets);
  refuseEmpty('ADMIN_TOKEN', deps.adminTokens);
  refuseEmpty('METRICS_TOKEN', deps.metricsTokens);
  if (deps.github) refuseNone('GITHUB_WEBHOOK_SECRET', deps.github.secrets);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // One path, one spelling: what stands before this server can rely on what it matches.
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.set('query parser', 'simple');
  app.set('trust proxy', deps.trustProxy);
  app.use(correlate(), traceRequests(), deps.metrics.httpMetrics(), logRequests(deps.logger), helmet());
  mountRoutes(app, routesOf(deps), deps);
  app.use(unknownRoute(), problemHandler(deps));
  return app;
}

/** Without any, nobody could call; with an empty one, everybody. */
function refuseNone(variable: string, values: readonly string[]): void {
  if (values.length === 0) throw new Error(`${variable} holds no value`);
  refuseEmpty(variable, values);
}

function refuseEmpty(variable: string, values: readonly string[]): void {
  if (values.some((value) => value.trim() === '')) throw new Error(`${variable} holds an empty value`);
}
