import { type App, ExpressReceiver, type Logger, type Receiver } from '@slack/bolt';
import { type RequestHandler, Router } from 'express';
import { answering } from './answered.ts';
import type { SignedRequest } from './signed.ts';

/** Where Slack sends everything; the one path that is served. */
export const EVENTS_PATH = '/slack/events';

/**
 * Receives calls of Slack over HTTP. Signatures are checked before, by `guard`; Bolt reads what they hold.
 * @returns the receiver for Bolt's app, and the handler to mount at the root, before any body parser
 */
export function createHttpReceiver(options: { guard: RequestHandler; logger: Logger }): {
  receiver: Receiver;
  handler: RequestHandler;
} {
  const { guard, logger } = options;
  const router = Router({ caseSensitive: true, strict: true });
  router.post(EVENTS_PATH, guard);
  const express = new ExpressReceiver({
    router,
    logger,
    endpoints: EVENTS_PATH,
    signingSecret: '',
    signatureVerification: false,
    customPropertiesExtractor: (request: SignedRequest) => ({ received: request.received }),
    async processEventErrorHandler({ error, response }) {
      logger.error('a call of Slack could not be read', error);
      if (response.headersSent) return false;
      response.writeHead(400).end();
      // It is answered: Bolt need not wait for that, and complain.
      return true;
    },
  });
  const receiver: Receiver = {
    init: (app) => express.init(answering(app) as App),
    // The server is the API's.
    start: async () => undefined,
    stop: async () => undefined,
  };
  return { receiver, handler: router };
}
