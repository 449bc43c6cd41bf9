import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Described, Route } from './route.ts';

const bare = (description: string): Described => ({ description, type: 'text/plain' });

/** Where Slack calls, on a server that is connected to it over HTTP. The handler reads the body itself, as it came. */
export function slackEvents(handler: RequestHandler): Route {
  return {
    method: 'post',
    path: '/slack/events',
    access: 'open',
    summary: 'For Slack alone: calls that it has signed, each taken once',
    answers: {
      200: { description: 'taken; with a body where Slack is to show something', schema: z.looseObject({}) },
      400: bare('not a call that Slack makes, or not a whole one'),
      401: bare('not signed by Slack within the last five minutes, or taken before'),
      408: bare('the body did not arrive in time'),
      413: bare('the body is too large'),
    },
    problems: [],
    handle: () => handler,
  };
}
