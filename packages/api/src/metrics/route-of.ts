import type { Request } from 'express';

/** What requests are counted under when no route took them: a scanner must not be able to make labels. */
export const UNMATCHED = 'unmatched';

/** The pattern of the route that took a request (`/api/approvals/:id`), never its path. Known once it is answered. */
export function routeOf(req: Request): string {
  const path: unknown = req.route?.path;
  if (typeof path !== 'string') return UNMATCHED;
  // Routers are mounted at fixed paths only; a parameter in a mount path would put its value here.
  return path === '/' && req.baseUrl !== '' ? req.baseUrl : `${req.baseUrl}${path}`;
}
