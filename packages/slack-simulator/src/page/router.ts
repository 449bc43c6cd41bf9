import express, { type Router } from 'express';
import type { PageSeam } from '../page-seam.ts';
import { actions } from './actions.ts';
import { pageAssets } from './assets.ts';
import { changes } from './changes.ts';
import { refuse, safeHeaders } from './guard.ts';

/**
 * A page on which people play this workspace in a browser: `/` and everything under `/page/`; all other paths are left
 * to whoever comes next.
 */
export function pageRouter(workspace: PageSeam): Router {
  const router = express.Router({ caseSensitive: true });
  router.use('/page', safeHeaders);
  for (const [path, { type, body }] of pageAssets()) {
    router.get(path, safeHeaders, (_req, res) => {
      res.type(type).send(body);
    });
  }
  router.get('/page/people', (_req, res) => {
    res.json({ teamId: workspace.teamId, users: workspace.users() });
  });
  router.get('/page/state', (req, res) => {
    const { user } = req.query;
    const state = typeof user === 'string' ? workspace.stateFor(user) : null;
    if (state === null) return refuse(res, 404, 'user must be the id of one of /page/people');
    res.json(state);
  });
  router.get('/page/changes', changes(workspace));
  router.use('/page', actions(workspace));
  router.use('/page', (_req, res) => refuse(res, 404, 'there is nothing here'));
  return router;
}
