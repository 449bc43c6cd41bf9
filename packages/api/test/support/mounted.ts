import type { Express } from 'express';

/** What express itself would route, `get /api/approvals/:id`. */
export function mounted(app: Express): string[] {
  const layers = app.router.stack.flatMap((layer) => (layer.route ? [layer.route] : []));
  return layers.flatMap((route) => {
    const methods = new Set(route.stack.flatMap((handler) => (handler.method ? [handler.method] : [])));
    return [...methods].map((method) => `${method} ${route.path}`);
  });
}
