import type { Request, Response } from 'express';
import type { StreamLimits } from './limits.ts';
import { retryFrame } from './sse.ts';

/** One open event stream. Writing to one that has closed does nothing. */
export interface Connection {
  readonly closed: boolean;
  /**
   * Writes a frame. Resolves to a promise only while the client is behind; whoever replays old events waits for it.
   */
  write(frame: Buffer): Promise<void> | undefined;
  /** A heartbeat is due: writes it, and cuts a client that has stopped reading or has been here long enough. */
  tick(frame: Buffer): void;
  /** Called once, however the stream ends. */
  onClose(listener: () => void): void;
  /** Sends what is waiting, then closes. */
  end(): void;
}

export interface ConnectionOptions {
  readonly limits: StreamLimits;
  readonly maxAgeMs?: number | undefined;
  readonly onSlow: (bufferedBytes: number) => void;
  readonly onClosed: () => void;
}

/** Frames of one turn are held back up to here, and no further: a burst must not pass for a slow client. */
const CORKED_BYTES = 16 * 1024;

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  // Proxies of the nginx family would hold events back.
  'X-Accel-Buffering': 'no',
};

/**
 * Answers with an endless event stream. The body is delimited by the end of the connection instead of by chunks, so
 * that one buffer can be written to every socket as it is: framing it for each client was half the cost of an event.
 */
export function openConnection(req: Request, res: Response, options: ConnectionOptions): Connection {
  const { limits, maxAgeMs = Number.POSITIVE_INFINITY, onSlow, onClosed } = options;
  const openedAt = performance.now();
  const listeners = new Set<() => void>();
  let closed = false;
  /** Bytes sent before the chunk that was waiting at the last heartbeat; null when none was. */
  let waitingBefore: number | null = null;
  let draining: Promise<void> | undefined;

  res.useChunkedEncodingByDefault = false;
  res.writeHead(200, HEADERS);
  res.flushHeaders();
  // A request that was pipelined behind another one has no socket of its own yet: it goes through the response.
  const out = res.socket ?? res;
  res.socket?.setNoDelay(true);
  res.socket?.setTimeout(0);
  res.once('close', () => {
    closed = true;
    onClosed();
    for (const listener of listeners) listener();
  });

  function cut(): void {
    closed = true;
    onSlow(out.writableLength);
    res.socket?.destroy();
  }

  /** Whether the chunk that was waiting at the last heartbeat is waiting still. */
  function isStalled(): boolean {
    const socket = res.socket;
    if (!socket) return false;
    const waiting = socket.writableLength > 0 ? socket.bytesWritten - socket.writableLength : null;
    const stalled = waiting !== null && waiting === waitingBefore;
    waitingBefore = waiting;
    return stalled;
  }

  function write(frame: Buffer): Promise<void> | undefined {
    if (closed || res.writableEnded) return undefined;
    // What comes in one turn goes to the kernel in one call, which costs more than all else that a frame needs.
    if (out.writableCorked === 0) {
      out.cork();
      process.nextTick(uncork);
    }
    out.write(frame);
    if (out.writableLength > CORKED_BYTES) out.uncork();
    if (out.writableLength > limits.maxBufferedBytes) cut();
    if (out.writableNeedDrain) draining ??= drained();
    return draining;
  }

  function uncork(): void {
    out.uncork();
  }

  function drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        out.off('drain', done);
        listeners.delete(done);
        draining = undefined;
        resolve();
      };
      out.once('drain', done);
      listeners.add(done);
    });
  }

  function end(): void {
    if (!res.writableEnded) res.end();
  }

  if (req.method === 'HEAD') end();
  write(retryFrame(limits.retryMs));

  return {
    get closed() {
      return closed;
    },
    write,
    tick(frame) {
      if (isStalled()) cut();
      else if (performance.now() - openedAt > maxAgeMs) end();
      else write(frame);
    },
    onClose(listener) {
      if (closed) listener();
      else listeners.add(listener);
    },
    end,
  };
}
