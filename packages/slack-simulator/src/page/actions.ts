import express, { type ErrorRequestHandler, type Response, type Router } from 'express';
import type { PageSeam } from '../page-seam.ts';
import type { Delivery } from '../types.ts';
import { BadBody, clickOf, submissionOf, userOf, viewClickOf } from './bodies.ts';
import { ownPost, refuse } from './guard.ts';

/** What a person does on the page. Each is answered once the app has answered, or has not. */
export function actions(workspace: PageSeam): Router {
  const router = express.Router();
  const body = express.json({ limit: '256kb', type: 'application/json' });
  const on = (path: string, act: (body: unknown) => Promise<Delivery | null>): void => {
    router.post(path, ownPost, body, (req, res) => answer(res, () => act(req.body)));
  };
  on('/click', (body) => workspace.click(clickOf(body)));
  on('/submit', (body) => {
    const { user, values } = submissionOf(body);
    return workspace.submit(user, values);
  });
  on('/click-in-view', (body) => {
    const { user, actionId, selected, values } = viewClickOf(body);
    return workspace.clickInView(user, actionId, selected, values);
  });
  on('/close', (body) => workspace.close(userOf(body)));
  router.use(unreadable);
  return router;
}

/** Longest part of an app's unhappy answer that is shown. */
const MAX_BODY = 300;

async function answer(res: Response, act: () => Promise<Delivery | null>): Promise<void> {
  try {
    const delivery = await act();
    const told = delivery && {
      status: delivery.status,
      milliseconds: delivery.milliseconds,
      body: delivery.body.slice(0, MAX_BODY),
    };
    res.json({ delivery: told });
  } catch (error) {
    const status = error instanceof BadBody ? 400 : 409;
    refuse(res, status, error instanceof Error ? error.message : String(error));
  }
}

/** Bodies that are no JSON, or too much of it. */
const unreadable: ErrorRequestHandler = (
  error: { readonly status?: number; readonly message: string },
  _req,
  res,
  next,
) => {
  if (error.status === undefined || res.headersSent) return next(error);
  refuse(res, error.status, error.message);
};
