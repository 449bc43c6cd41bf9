import { z } from 'zod';
import { metricsRoute } from '../metrics/index.ts';
import { GuardStateSchema } from '../present/guard-state.ts';
import { eventsStreamRoute } from '../streams/events-stream-route.ts';
import { EventsStreamQuery, WaitQuery, WaitSseQuery } from '../streams/query.ts';
import { waitRoute } from '../streams/wait-route.ts';
import { waitSseRoute } from '../streams/wait-sse-route.ts';
import type { Described, Route } from './route.ts';

/** Routes that answer when something happens, and the one that is asked again and again. */

const eventStream = (description: string): Described => ({ description, type: 'text/event-stream' });

export const guardWait: Route = {
  method: 'get',
  path: '/api/guard/wait',
  access: 'own',
  summary: 'Wait for the decision; after `timeoutSec` the state as it is',
  query: WaitQuery,
  answers: { 200: { description: 'the state', schema: GuardStateSchema } },
  problems: ['wait_token_unknown', 'too_many_streams', 'shutting_down', 'store_unavailable'],
  handle: waitRoute,
};

export const guardWaitSse: Route = {
  method: 'get',
  path: '/api/guard/wait-sse',
  access: 'own',
  summary: 'Follow one request to its decision',
  query: WaitSseQuery,
  headers: ['Last-Event-ID'],
  answers: {
    200: eventStream('events `state` (as of `GET /api/guard/wait`), `heartbeat`, `reset`; ends when decided'),
    204: { description: 'decided, and the caller has seen it all' },
  },
  problems: ['wait_token_unknown', 'too_many_streams', 'shutting_down', 'store_unavailable'],
  handle: waitSseRoute,
};

export const eventsStream: Route = {
  method: 'get',
  path: '/api/events/stream',
  access: 'principal',
  summary: 'Everything that happens, as far as the caller may see it',
  query: EventsStreamQuery,
  headers: ['Last-Event-ID'],
  answers: { 200: eventStream('one event for every event of the ledger, `heartbeat`, `reset`') },
  problems: ['too_many_streams', 'shutting_down'],
  handle: eventsStreamRoute,
};

export const metrics: Route = {
  method: 'get',
  path: '/metrics',
  access: 'own',
  summary: 'Figures for Prometheus',
  answers: { 200: { description: 'text exposition format', schema: z.string(), type: 'text/plain' } },
  problems: [],
  handle: metricsRoute,
};
