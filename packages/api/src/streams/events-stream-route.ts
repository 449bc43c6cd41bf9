import type { Principal } from '@countersign/domain';
import { type FeedItem, type FeedSignal, mayRead } from '@countersign/projections';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import { principalOf } from '../auth/identity.ts';
import { readerOf } from '../auth/visibility.ts';
import type { Connection } from './connection.ts';
import { eventFrame } from './event-frame.ts';
import { EventsStreamQuery, parseQuery, resumePosition } from './query.ts';
import { sseFrame } from './sse.ts';
import type { StreamDeps, Streams } from './streams.ts';

/**
 * `GET /api/events/stream`: every event of requests that the caller may read, as it happens, in the order of the
 * ledger. With `Last-Event-ID` or `?after=` first everything since. Must stand behind `authenticate`.
 */
export function eventsStreamRoute(deps: StreamDeps, { connections, limits }: Streams): RequestHandler {
  const { feed, logger } = deps;

  return (req, res) => {
    const principal = principalOf(res);
    const query = parseQuery(EventsStreamQuery, req);
    const wanted = wants(principal, query);
    let live = false;
    const connection = connections.open(req, res, {
      maxAgeMs: limits.maxFeedAgeMs,
      resumeId: () => (live ? feed.health().position : undefined),
    });

    function listen(signal: FeedSignal): void | Promise<void> {
      switch (signal.kind) {
        case 'event': {
          const behind = connection.write(signal.item.frame('event', eventFrame));
          // Old events wait for a slow reader; new ones do not, it is cut when too many are waiting.
          return live ? undefined : behind;
        }
        case 'live':
          live = true;
          return;
        case 'reset':
          sendReset(connection, signal.reason, feed.health().position);
          follow(undefined);
          return;
        case 'failed':
          logger.warn(
            { scope: 'stream.failed', err: signal.error },
            'the ledger could not be read for a stream',
          );
          connection.end();
      }
    }

    function follow(from: string | undefined): void {
      live = from === undefined;
      const subscription = { filter: wanted, ...(from !== undefined && { after: from }) };
      connection.onClose(feed.subscribe(subscription, listen));
    }
    follow(resumePosition(req, query.after));
  };
}

function sendReset(connection: Connection, reason: string, position: string): void {
  connection.write(sseFrame({ event: 'reset', id: position, data: { reason } }));
}

/** What of the feed goes to this caller. Events of no request, such as a policy, go to nobody. */
function wants(
  principal: Principal,
  { type, requestId, action }: z.output<typeof EventsStreamQuery>,
): (item: FeedItem) => boolean {
  const reader = { ...readerOf(principal), tenant: principal.tenant };
  const types = type && new Set(type);
  return ({ scope, recorded }) =>
    scope !== null &&
    (types === undefined || types.has(recorded.type)) &&
    (requestId === undefined || scope.requestId === requestId) &&
    (action === undefined || scope.action === action) &&
    mayRead(scope, reader);
}
