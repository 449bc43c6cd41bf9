import { timestamp } from '@countersign/application';
import type { RequestHandler } from 'express';
import { markWaiting } from '../metrics/http.ts';
import { presentGuardState } from '../present/guard-state.ts';
import { openedParams } from '../present/params.ts';
import { Problem } from '../problems/problem.ts';
import { etag, sendJson } from '../server/send.ts';
import { parseQuery, unknownToken, WaitQuery, waitedRequest } from './query.ts';
import type { StreamDeps, Streams } from './streams.ts';
import { waitForChange } from './wait.ts';

/** `GET /api/guard/wait`: the state once it is decided, or as it is when the time is over. */
export function waitRoute(deps: StreamDeps, { watches, waiting, limits }: Streams): RequestHandler {
  const { secrets, keys, clock, closing } = deps;

  return async (req, res) => {
    const { token, until, timeoutSec } = parseQuery(WaitQuery, req);
    const requestId = waitedRequest(secrets, req, token);
    if (closing.aborted || waiting.count >= limits.maxWaiters)
      throw noRoom(closing.aborted, limits.maxWaiters);
    markWaiting(res);
    const timeoutMs = timeoutSec * 1000;
    const known = await waiting.whileWaiting(res, (signal) =>
      waitForChange(requestId, { watches, clock, until, timeoutMs, signal }),
    );
    if (!known) throw unknownToken();
    if (res.destroyed) return;
    const params = await openedParams(keys, known.approval);
    sendJson(res, 200, presentGuardState(known, timestamp(clock), params), etag(known.revision));
  };
}

function noRoom(closing: boolean, max: number): Problem {
  const more = { headers: { 'Retry-After': '5' } };
  return closing
    ? new Problem('shutting_down', 'ask again in a moment', more)
    : new Problem('too_many_streams', `at most ${max} requests may wait here`, more);
}
