import express, { type Router } from 'express';

/** Of a message, as Slack forms it. */
export function permalinkPath(channelId: string, ts: string): string {
  return `/archives/${channelId}/p${ts.replace('.', '')}`;
}

/** Leads whoever follows a permalink to its channel on the page. */
export function permalinkRouter(): Router {
  const router = express.Router();
  router.get('/archives/:channel/:message', (request, response) => {
    response.redirect(`/#channel=${encodeURIComponent(String(request.params.channel))}`);
  });
  return router;
}
