import type { ApiDeps } from '../deps.ts';
import { type Connections, createConnections } from './connections.ts';
import { DEFAULT_STREAM_LIMITS, type StreamLimits } from './limits.ts';
import { createWaiting, type Waiting } from './waiting.ts';
import { createWatches, type Watches } from './watches.ts';

/** What everything that waits has in common: open connections, watched requests, and their bounds. */
export interface Streams {
  readonly connections: Connections;
  readonly watches: Watches;
  readonly waiting: Waiting;
  readonly limits: StreamLimits;
}

export type StreamDeps = Pick<
  ApiDeps,
  'store' | 'feed' | 'secrets' | 'keys' | 'clock' | 'logger' | 'closing'
>;

/** One for a process. @param limits what differs from the defaults */
export function createStreams(deps: StreamDeps, limits: Partial<StreamLimits> = {}): Streams {
  const { store, feed, clock, logger, closing } = deps;
  const all = { ...DEFAULT_STREAM_LIMITS, ...limits };
  return {
    limits: all,
    waiting: createWaiting(closing),
    connections: createConnections({
      limits: all,
      closing,
      onSlow: (bufferedBytes) =>
        logger.warn(
          { scope: 'stream.slow_client', bufferedBytes },
          'a stream that was read too slowly was cut',
        ),
    }),
    watches: createWatches({
      store,
      feed,
      clock,
      onError: (err) =>
        logger.warn({ scope: 'stream.read_failed', err }, 'a watched request could not be read'),
    }),
  };
}
