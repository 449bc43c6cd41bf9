import type { Express, RequestHandler } from 'express';
import { authenticate } from '../auth/authenticate.ts';
import { adminOnly, csrfHeader, principalsOnly } from '../auth/guards.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problems/problem.ts';
import { rateLimit } from '../server/rate-limit.ts';
import { createStreams } from '../streams/streams.ts';
import { needsCsrfHeader, type Route } from './route.ts';

/** Puts every route on the app, behind what its access asks for, and tells other methods on its path what there is. */
export function mountRoutes(app: Express, routes: readonly Route[], deps: ApiDeps): void {
  const streams = createStreams(deps, deps.streamLimits);
  const identified = authenticate(deps);
  const limited = deps.rateLimit && deps.rateLimit.capacity > 0 ? rateLimit(deps.rateLimit) : null;
  const guards: Record<Route['access'], readonly RequestHandler[]> = {
    open: [],
    own: [],
    principal: [identified, principalsOnly()],
    reader: [identified],
    admin: [adminOnly(deps.adminTokens)],
  };

  for (const [path, onPath] of Map.groupBy(routes, (route) => route.path)) {
    const mounted = app.route(path);
    for (const route of onPath) {
      mounted[route.method](
        ...(route.rateLimited && limited ? [limited] : []),
        ...guards[route.access],
        ...(needsCsrfHeader(route) ? [csrfHeader()] : []),
        route.handle(deps, streams),
      );
    }
    mounted.all(methodNotAllowed(onPath));
  }
}

function methodNotAllowed(onPath: readonly Route[]): RequestHandler {
  const methods = onPath.flatMap(({ method }) =>
    method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
  );
  const allowed = methods.join(', ');
  return (req) => {
    throw new Problem('method_not_allowed', `${req.method} is not possible here; possible: ${allowed}`, {
      headers: { Allow: allowed },
    });
  };
}
