import type { Request, Response } from 'express';
import { markWaiting } from '../metrics/http.ts';
import { Problem } from '../problems/problem.ts';
import { type Connection, openConnection } from './connection.ts';
import type { StreamLimits } from './limits.ts';
import { sseFrame } from './sse.ts';

export interface ConnectionStats {
  readonly open: number;
  /** Refused because too many were open. */
  readonly refused: number;
  /** Cut because they read too slowly. */
  readonly slow: number;
}

export interface OpenOptions {
  /** The stream ends by itself then. */
  readonly maxAgeMs?: number;
  /** What the client would resume from now; heartbeats carry it, so that a quiet stream need not go far back. */
  readonly resumeId?: () => string | undefined;
}

/** All event streams of this process: their number is bounded, and one timer serves their heartbeats. */
export interface Connections {
  /** @throws Problem `too_many_streams`, `shutting_down` */
  open(req: Request, res: Response, options?: OpenOptions): Connection;
  /** @throws Problem like `open`, while nothing has been answered yet */
  assertRoom(): void;
  stats(): ConnectionStats;
}

export interface ConnectionsOptions {
  readonly limits: StreamLimits;
  /** Ends all streams and refuses new ones. */
  readonly closing: AbortSignal;
  /** Told of a client that was cut. */
  readonly onSlow?: (bufferedBytes: number) => void;
}

export function createConnections({ limits, closing, onSlow }: ConnectionsOptions): Connections {
  const open = new Map<Connection, OpenOptions>();
  let refused = 0;
  let slow = 0;
  let heartbeat: NodeJS.Timeout | undefined;

  function beat(): void {
    const at = new Date().toISOString();
    const frames = new Map<string | undefined, Buffer>();
    for (const [connection, { resumeId }] of open) {
      const id = resumeId?.();
      const frame =
        frames.get(id) ?? sseFrame({ event: 'heartbeat', ...(id !== undefined && { id }), data: { at } });
      frames.set(id, frame);
      connection.tick(frame);
    }
  }

  function forget(connection: Connection): void {
    open.delete(connection);
    if (open.size === 0) clearInterval(heartbeat);
  }

  function assertRoom(): void {
    if (closing.aborted) throw new Problem('shutting_down', 'connect again in a moment', RETRY);
    if (open.size < limits.maxStreams) return;
    refused++;
    throw new Problem('too_many_streams', `at most ${limits.maxStreams} streams may be open here`, RETRY);
  }

  closing.addEventListener('abort', () => {
    for (const connection of [...open.keys()]) connection.end();
  });

  return {
    assertRoom,
    open(req, res, options = {}) {
      assertRoom();
      markWaiting(res);
      const connection = openConnection(req, res, {
        limits,
        maxAgeMs: options.maxAgeMs,
        onSlow(bufferedBytes) {
          slow++;
          onSlow?.(bufferedBytes);
        },
        onClosed: () => forget(connection),
      });
      if (open.size === 0) heartbeat = setInterval(beat, limits.heartbeatMs);
      open.set(connection, options);
      return connection;
    },
    stats: () => ({ open: open.size, refused, slow }),
  };
}

const RETRY = { headers: { 'Retry-After': '5' } };
