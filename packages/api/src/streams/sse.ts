/**
 * Frames of a server-sent event stream (WHATWG HTML §9.2), as the bytes that go to the socket. A frame is made once
 * and the same buffer is written to every stream.
 */

export interface SseEvent {
  readonly event: string;
  /** What the client sends back as `Last-Event-ID`. Absent: the client keeps the one it has. */
  readonly id?: string;
  /** Any JSON value; JSON text holds no line breaks, so it is one `data` line. */
  readonly data: unknown;
}

export function sseFrame({ event, id, data }: SseEvent): Buffer {
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  return Buffer.from(`event: ${event}\n${idLine}data: ${JSON.stringify(data)}\n\n`);
}

/** How long a client waits before it connects again. */
export function retryFrame(ms: number): Buffer {
  return Buffer.from(`retry: ${ms}\n\n`);
}
